import { HomePage } from '../../features/home/home-page.tsx'
import { apps, useChecklist } from '../apps.ts'
import { useShell } from '../shell-context.ts'

const withTile = apps.filter(app => app.Tile !== undefined)

export function HomeRoute() {
  const { open } = useShell()
  return <HomePage apps={withTile} checklist={useChecklist()} onCreate={app => open(app.id)} />
}
