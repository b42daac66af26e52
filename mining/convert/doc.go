// Package convert turns process models into one another.
//
//	.pnml ─▶ petri.Net ◀──────────── ReadNet
//	.ptml ─▶ processtree ─▶ petri.Net   ▲
//	.bpmn ─▶ bpmn ─▶ FromBPMN ──────────┘
//
//	petri.Net ─▶ ToTree ─▶ processtree
//	          ─▶ ToBPMN ─▶ bpmn
//
// A file's kind is told by the ending of its name. What a net cannot say of a
// diagram is listed, never dropped in silence.
package convert
