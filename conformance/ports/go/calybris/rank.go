package calybris

// candidate is an eligible model with what ranking asks of it.
type candidate struct {
	index   int
	id      uint32
	quality uint16
	cost    uint64
	utility int64
}

// better says whether c stands before other (RANK-1). Candidates that are equal in all four lines are not better than
// each other, so that the earlier one in the catalog stays (RANK-2).
func (c *candidate) better(other *candidate) bool {
	switch {
	case c.utility != other.utility:
		return c.utility > other.utility
	case c.cost != other.cost:
		return c.cost < other.cost
	case c.quality != other.quality:
		return c.quality > other.quality
	}
	return c.id < other.id
}

// podium holds the best and the second best of the candidates so far (RANK-3).
type podium struct {
	size       int
	best, next candidate
}

func (p *podium) add(one candidate) {
	switch {
	case p.size == 0:
		p.best = one
	case one.better(&p.best):
		p.best, p.next = one, p.best
	case p.size == 1 || one.better(&p.next):
		p.next = one
	}
	p.size++
}
