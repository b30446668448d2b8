//go:build !linux

package upload

import "syscall"

// apart is nothing where there are no namespaces.
func apart() *syscall.SysProcAttr { return nil }
