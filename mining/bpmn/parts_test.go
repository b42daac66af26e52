package bpmn

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files again")

// parts is a model with everything that these types hold: a land authority with
// lanes and an applicant who is written to.
func parts() *Definitions {
	check := &Process{
		Nodes: []*Node{
			{ID: "checkStart", Kind: StartEvent},
			{ID: "registers", Name: "Ask the registers", Kind: ServiceTask, Loop: &Loop{Form: ParallelInstances, Cardinality: "3", Condition: "refused"}},
			{ID: "visit", Name: "Visit the plot", Kind: ManualTask, Loop: &Loop{Condition: "again", Maximum: 3, TestBefore: true}},
			{ID: "missing", Name: "Documents missing", Kind: EndEvent, Trigger: ErrorTrigger, Reference: "Error_missing"},
			{ID: "checkGate", Kind: InclusiveGateway},
			{ID: "checkJoin", Kind: InclusiveGateway},
			{ID: "complete", Name: "Complete?", Kind: ExclusiveGateway, Default: "c7"},
			{ID: "checkEnd", Kind: EndEvent},
		},
		Flows: []*Flow{
			{ID: "c1", Source: "checkStart", Target: "checkGate"}, {ID: "c2", Source: "checkGate", Target: "registers"},
			{ID: "c3", Source: "checkGate", Target: "visit"}, {ID: "c4", Source: "registers", Target: "checkJoin"},
			{ID: "c5", Source: "visit", Target: "checkJoin"}, {ID: "c6", Source: "checkJoin", Target: "complete"},
			{ID: "c7", Source: "complete", Target: "checkEnd"}, {ID: "c8", Name: "no", Source: "complete", Target: "missing", Condition: "incomplete"},
		},
		Annotations:  []*Annotation{{"checkNote", "Three registers at once"}},
		Associations: []*Association{{"checkAbout", "registers", "checkNote", ""}},
	}
	withdrawn := &Process{
		Nodes: []*Node{
			{ID: "letter", Name: "Application withdrawn", Kind: StartEvent, Trigger: MessageTrigger, Reference: "Message_withdrawal"},
			{ID: "close", Name: "Close the file", Kind: UserTask},
			{ID: "closed", Kind: EndEvent, Trigger: TerminateTrigger},
		},
		Flows: []*Flow{{ID: "w1", Source: "letter", Target: "close"}, {ID: "w2", Source: "close", Target: "closed"}},
	}
	land := &Process{
		ID: "land", Name: "Land plot", Executable: true,
		Nodes: []*Node{
			{ID: "start", Name: "Application", Kind: StartEvent, Trigger: MessageTrigger},
			{ID: "check", Name: "Check the application", Kind: SubProcess, Sub: check},
			{ID: "late", Name: "10 working days are over", Kind: BoundaryEvent, Attached: "check", Trigger: TimerTrigger, Timer: Timer{"timeDuration", "P10D"}, NonInterrupting: true},
			{ID: "failed", Name: "Missing", Kind: BoundaryEvent, Attached: "check", Trigger: ErrorTrigger, Reference: "Error_missing"},
			{ID: "remind", Name: "Tell the head", Kind: SendTask},
			{ID: "told", Kind: EndEvent, Trigger: EscalationTrigger, Reference: "Escalation_late"},
			{ID: "ask", Name: "Ask for documents", Kind: UserTask, Documentation: "By registered letter"},
			{ID: "wait", Kind: EventBasedGateway},
			{ID: "answer", Name: "Documents arrive", Kind: IntermediateCatchEvent, Trigger: MessageTrigger, Reference: "Message_documents"},
			{ID: "silence", Name: "30 days", Kind: IntermediateCatchEvent, Trigger: TimerTrigger, Timer: Timer{"timeDuration", "P30D"}},
			{ID: "refuse", Name: "To refusal", Kind: IntermediateThrowEvent, Trigger: LinkTrigger, Reference: "refusal"},
			{ID: "refusal", Name: "Refusal", Kind: IntermediateCatchEvent, Trigger: LinkTrigger, Reference: "refusal"},
			{ID: "again", Kind: ExclusiveGateway},
			{ID: "sign", Name: "Sign", Kind: CallActivity, Called: "Signing"},
			{ID: "ready", Name: "Budget is open", Kind: IntermediateCatchEvent, Trigger: ConditionalTrigger, Condition: "budget > 0"},
			{ID: "done", Name: "Decision sent", Kind: EndEvent, Trigger: MessageTrigger},
			{ID: "letterRefused", Name: "Write the refusal", Kind: UserTask},
			{ID: "refused", Kind: EndEvent},
			{ID: "withdrawal", Name: "Withdrawal", Kind: SubProcess, EventSub: true, Sub: withdrawn},
		},
		Flows: []*Flow{
			{ID: "f1", Source: "start", Target: "again"}, {ID: "f2", Source: "again", Target: "check"}, {ID: "f3", Source: "check", Target: "ready"},
			{ID: "f4", Source: "ready", Target: "sign"}, {ID: "f5", Source: "sign", Target: "done"}, {ID: "f6", Source: "late", Target: "remind"},
			{ID: "f7", Source: "remind", Target: "told"}, {ID: "f8", Source: "failed", Target: "ask"}, {ID: "f9", Source: "ask", Target: "wait"},
			{ID: "f10", Source: "wait", Target: "answer"}, {ID: "f11", Source: "wait", Target: "silence"}, {ID: "f12", Source: "answer", Target: "again"},
			{ID: "f13", Source: "silence", Target: "refuse"}, {ID: "f14", Source: "refusal", Target: "letterRefused"}, {ID: "f15", Source: "letterRefused", Target: "refused"},
		},
		Lanes: []*Lane{
			{ID: "clerks", Name: "Land department", Lanes: []*Lane{
				{ID: "lawyers", Name: "Lawyers", Nodes: []string{"check", "late", "failed", "ready", "ask", "wait", "answer", "silence", "refuse", "again"}},
				{ID: "office", Name: "Office", Nodes: []string{"start", "refusal", "letterRefused", "refused", "withdrawal", "done"}},
			}},
			{ID: "heads", Name: "Head", Nodes: []string{"remind", "told", "sign"}},
		},
		Annotations:  []*Annotation{{"note", "The clock is suspended while the applicant is asked: Land Code, article 39.17"}},
		Associations: []*Association{{"about", "note", "ask", "One"}},
	}
	return &Definitions{
		ID: "d", TargetNamespace: "http://example.org", Processes: []*Process{land},
		Collaboration: &Collaboration{
			ID:    "c",
			Pools: []*Pool{{"applicant", "Applicant", ""}, {"authority", "Authority", "land"}, {"registry", "Registers", ""}},
			Messages: []*MessageFlow{
				{"m1", "application", "applicant", "start"}, {"m2", "question", "ask", "applicant"}, {"m3", "documents", "applicant", "answer"},
				{"m4", "decision", "done", "applicant"}, {"m5", "request", "registers", "registry"},
			},
		},
		Causes: []*Cause{
			{Message, "Message_withdrawal", "withdrawal", ""}, {Message, "Message_documents", "documents", ""},
			{Error, "Error_missing", "missing", "E1"}, {Escalation, "Escalation_late", "late", "L1"}, {Signal, "Signal_x", "unused", ""},
		},
	}
}

func TestPartsRoundTripAndAreDrawn(t *testing.T) {
	d := parts()
	require.NoError(t, d.Validate())
	roundTrip(t, d)
	require.NoError(t, Layout(d))
	require.NoError(t, d.Validate())
	checkLayout(t, d)
	roundTrip(t, d)
	var b bytes.Buffer
	require.NoError(t, Write(&b, d))
	if *update {
		require.NoError(t, os.WriteFile("testdata/parts.bpmn", b.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/parts.bpmn")
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}
