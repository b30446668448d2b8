package fault

import (
	"errors"
	"maps"
)

// Kind tells the edge how to answer.
type Kind uint8

// The kinds. The zero value is the safe one: the public learns nothing.
const (
	Internal Kind = iota
	Invalid
	NotFound
	Conflict
	// Forbidden is answered like NotFound: that a thing exists is never confirmed.
	Forbidden
	// Unavailable asks to try again later; nothing was recorded.
	Unavailable
	// TooMany asks to wait; the attempt was not looked at.
	TooMany
)

// Fields maps a form field to the locale key of what is wrong with it.
type Fields map[string]string

// Error is an error that a person may be told about. Code is a locale key.
type Error struct {
	Kind   Kind
	Code   string
	Fields Fields
}

// New returns a fault of the kind with the locale key code.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// Field returns an Invalid fault about one form field.
func Field(field, code string) *Error {
	return &Error{Kind: Invalid, Code: "form.invalid_fields", Fields: Fields{field: code}}
}

// With returns a copy that also reports the field.
func (e *Error) With(field, code string) *Error {
	fields := maps.Clone(e.Fields)
	if fields == nil {
		fields = Fields{}
	}
	fields[field] = code
	return &Error{Kind: e.Kind, Code: e.Code, Fields: fields}
}

// Error gives the code; it is safe to log.
func (e *Error) Error() string { return e.Code }

// FromFields returns nil when fields is empty, else an Invalid fault with them.
func FromFields(fields Fields) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "form.invalid_fields", Fields: fields}
}

// KindOf returns the kind of the first fault in err's chain, else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the code of the first fault in err's chain, or "".
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// FieldsOf returns the fields of the first fault in err's chain, or nil.
func FieldsOf(err error) Fields {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Fields
	}
	return nil
}
