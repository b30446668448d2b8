// Package config reads the program's settings from the environment into one
// struct, once, at the start. It owns their names, their defaults and their
// checks; every secret may also come from a file (NAME_FILE).
//
// It refuses to guess: a setting that is missing or unreadable either has a
// safe default or stops the start with its name in the message. A message never
// repeats the value of a secret.
package config
