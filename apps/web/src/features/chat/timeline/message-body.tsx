/** A message's markdown as elements. They are built from the syntax tree only; no text is ever interpreted as HTML. */
import { Fragment, memo, type ReactNode } from 'react'
import { type Block, type Inline, parseMarkdown } from './markdown.ts'
import classes from './message-body.module.css'

export interface BodyContext {
  readonly nameOf: (userId: string) => string
  readonly myId: string
  /** Words to highlight, as after a search. */
  readonly marked?: readonly string[]
}

const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function Text({ text, marked = [] }: { text: string; marked?: readonly string[] | undefined }) {
  if (marked.length === 0) return text
  const parts = text.split(new RegExp(`(${marked.map(escaped).join('|')})`, 'giu'))
  return parts.map((part, index) => {
    const key = `${index}-${part}`
    return index % 2 === 1 ? <mark key={key}>{part}</mark> : <Fragment key={key}>{part}</Fragment>
  })
}

function inline(node: Inline, context: BodyContext): ReactNode {
  switch (node.kind) {
    case 'text':
      return <Text text={node.text} marked={context.marked} />
    case 'break':
      return <br />
    case 'code':
      return <code className={classes.code}>{node.text}</code>
    case 'mention':
      return (
        <span className={classes.mention} data-me={node.userId === context.myId || undefined}>
          @<bdi>{context.nameOf(node.userId)}</bdi>
        </span>
      )
    case 'link':
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer nofollow ugc">
          <Inlines nodes={node.children} context={context} />
        </a>
      )
    default: {
      const Tag = node.kind
      return (
        <Tag>
          <Inlines nodes={node.children} context={context} />
        </Tag>
      )
    }
  }
}

function Inlines({ nodes, context }: { nodes: readonly Inline[]; context: BodyContext }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a parsed text never change their order
  return nodes.map((node, index) => <Fragment key={index}>{inline(node, context)}</Fragment>)
}

function block(node: Block, context: BodyContext): ReactNode {
  switch (node.kind) {
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
        <pre className={classes.pre} tabIndex={0}>
          <code>{node.text}</code>
        </pre>
      )
    case 'quote':
      return (
        <blockquote className={classes.quote}>
          <Blocks blocks={node.children} context={context} />
        </blockquote>
      )
    case 'list': {
      const items = node.items.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a parsed text never change their order
        <li key={index}>
          <Inlines nodes={each} context={context} />
        </li>
      ))
      return node.start === null ? <ul>{items}</ul> : <ol start={node.start}>{items}</ol>
    }
    default:
      return (
        <p dir="auto" className={node.kind === 'heading' ? classes.heading : undefined}>
          <Inlines nodes={node.children} context={context} />
        </p>
      )
  }
}

function Blocks({ blocks, context }: { blocks: readonly Block[]; context: BodyContext }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a parsed text never change their order
  return blocks.map((node, index) => <Fragment key={index}>{block(node, context)}</Fragment>)
}

/** A message of one to three emoji alone is shown large. */
const onlyEmoji = /^(?:\p{RGI_Emoji}\s*){1,3}$/v

export const MessageBody = memo(function MessageBody({ body, ...context }: BodyContext & { body: string }) {
  const isLarge = onlyEmoji.test(body.trim().slice(0, 64)) && body.length <= 64
  return (
    <div className={classes.body} data-large={isLarge || undefined}>
      <Blocks blocks={parseMarkdown(body)} context={context} />
    </div>
  )
})
