package pattern

import (
	"fmt"
	"testing"
)

func TestADimensionIsPositiveByTheStudysRule(t *testing.T) {
	for _, tt := range []struct {
		strong, medium, weak int
		want                 bool
	}{
		{0, 0, 0, false},
		{1, 0, 0, false},
		{2, 0, 0, true},
		{1, 1, 0, true},
		{1, 0, 1, true},
		{0, 2, 0, false},
		{0, 3, 0, true},
		{0, 2, 1, true},
		{0, 1, 2, false},
		{0, 0, 9, false},
	} {
		p := profile{coercion: {}}
		for kind, n := range map[strength]int{strong: tt.strong, medium: tt.medium, weak: tt.weak} {
			for i := range n {
				p[coercion][fmt.Sprint(kind, i)] = kind
			}
		}
		if got := p.positive(coercion); got != tt.want {
			t.Errorf("%d strong, %d medium, %d weak: %v", tt.strong, tt.medium, tt.weak, got)
		}
	}
}

func TestConfinementToldInTwoWordsIsOneSign(t *testing.T) {
	p := profile{}
	p.add([]Said{{Isolation, Work}, {RestrictionOfMovement, Work}})
	if p.items(coercion) != 1 || p.positive(coercion) {
		t.Errorf("%v", p)
	}
}

func TestHoldingPapersWeighsMoreAtTheDestination(t *testing.T) {
	for _, i := range []Indicator{DocumentRetention, DebtBondage, Isolation, RestrictionOfMovement} {
		if s := delphi[Said{i, Work}][0]; s.dimension != coercion || s.strength != strong {
			t.Errorf("%s at work: %v", i, s)
		}
		if s := delphi[Said{i, Before}][0]; s.dimension != coerciveRecruitment || s.strength != medium {
			t.Errorf("%s before leaving: %v", i, s)
		}
	}
}

func TestEveryIndicatorIsReadAtWork(t *testing.T) {
	for _, i := range []Indicator{
		AbuseOfVulnerability, Deception, RestrictionOfMovement, Isolation, Violence, Threats,
		DocumentRetention, WageWithholding, DebtBondage, AbusiveConditions, ExcessiveOvertime,
	} {
		if len(delphi[Said{i, Work}]) == 0 {
			t.Errorf("%s means nothing", i)
		}
	}
}
