package retention

// Steps lets a test stop a deletion between two steps.
func (s *Service) Steps(step func(string) error) { s.step = step }
