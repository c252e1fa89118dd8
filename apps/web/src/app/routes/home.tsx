import { HomePage } from '../../features/home/home-page.tsx'
import { useShell } from '../../shared/shell.ts'
import { apps, useChecklist } from '../../shared/systems.ts'

const withTile = apps.filter(app => app.Tile !== undefined)

export function HomeRoute() {
  const { open } = useShell()
  return <HomePage apps={withTile} checklist={useChecklist()} onCreate={app => open(app.id)} />
}
