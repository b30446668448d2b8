package web

import (
	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// Key reads the key of an object from the address, by the name that the route
// gives it. One that cannot be a key is a page that does not exist.
func Key(c *fiber.Ctx, name string) (uuid.UUID, error) {
	key, err := uuid.Parse(c.Params(name))
	if err != nil {
		return uuid.Nil, fault.New(fault.NotFound, "problem.not_found")
	}
	return key, nil
}
