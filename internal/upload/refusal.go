package upload

import "github.com/fairpassage/portal/internal/fault"

// Field is the name of the form field that files come in.
const Field = "file"

// Refusal says why a file is not taken: a message and its arguments. As an error
// it is an Invalid fault at Field.
type Refusal struct {
	Code string
	Args map[string]any
}

// Error gives the code; it is safe to log.
func (r *Refusal) Error() string { return r.Code }

// As lets the edge read it as a fault.
func (r *Refusal) As(target any) bool {
	into, ok := target.(**fault.Error)
	if ok {
		*into = fault.Field(Field, r.Code)
	}
	return ok
}

func refuse(what string) *Refusal { return &Refusal{Code: "upload.error." + what} }

func refuseWith(what string, args map[string]any) *Refusal {
	return &Refusal{Code: "upload.error." + what, Args: args}
}
