package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/google/go-cmp/cmp"
)

func TestAnUnknownErrorIsInternal(t *testing.T) {
	if got := fault.KindOf(errors.New("disk on fire")); got != fault.Internal {
		t.Fatalf("kind = %v, want Internal", got)
	}
}

func TestAWrappedFaultKeepsItsKindAndFields(t *testing.T) {
	err := fmt.Errorf("file complaint: %w", fault.Field("country", "form.choice").With("fee", "form.number"))
	if got := fault.KindOf(err); got != fault.Invalid {
		t.Errorf("kind = %v, want Invalid", got)
	}
	want := fault.Fields{"country": "form.choice", "fee": "form.number"}
	if diff := cmp.Diff(want, fault.FieldsOf(err)); diff != "" {
		t.Error(diff)
	}
}

func TestAddingAFieldLeavesTheFirstFaultAlone(t *testing.T) {
	first := fault.Field("country", "form.choice")
	_ = first.With("fee", "form.number")
	if len(first.Fields) != 1 {
		t.Fatalf("fields = %v, want one", first.Fields)
	}
}

func TestNoFieldsIsNoFault(t *testing.T) {
	if err := fault.FromFields(fault.Fields{}); err != nil {
		t.Fatal(err)
	}
}
