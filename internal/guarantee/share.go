package guarantee

import (
	"math/big"
	"slices"
)

// Shares divides what is held among claims in proportion, by the largest remainder:
// where the claims come to more than is held, all that is held is given out, to the
// last minor unit, and nobody gets more than they claim. Of equal remainders the
// earlier claim's comes first. Negative amounts count as nothing.
func Shares(held int64, claims []int64) []int64 {
	shares := make([]int64, len(claims))
	total := new(big.Int)
	for i, c := range claims {
		shares[i] = max(c, 0)
		total.Add(total, big.NewInt(shares[i]))
	}
	whole := big.NewInt(max(held, 0))
	if total.Cmp(whole) <= 0 {
		return shares
	}
	rests, order := make([]*big.Int, len(claims)), make([]int, len(claims))
	left := whole.Int64()
	for i, c := range shares {
		quotient, rest := new(big.Int).QuoRem(new(big.Int).Mul(whole, big.NewInt(c)), total, new(big.Int))
		shares[i], rests[i], order[i] = quotient.Int64(), rest, i
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}
