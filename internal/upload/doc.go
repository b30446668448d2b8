// Package upload looks at a file that somebody sends and makes of it what others
// may look at: pictures without anything that was not in sight.
//
// What a file is, its content says, never its name: PDF, JPEG and PNG are taken.
// A picture is decoded, turned the way its camera was held, made small enough for
// a screen and encoded anew, so that neither place nor camera nor anything hidden
// in it is left. A PDF is drawn page by page by poppler, in a process of its own
// with little memory, little time, no file and, where the system allows it, no
// network; both ends are pipes, and nothing of it touches a disk. Where there is
// no poppler there is no viewing copy, and the result says so.
//
// It refuses what is two things at once, what is cut off, what would fill the
// memory when it is unpacked, and what nobody could look through. It refuses to
// keep anything: it is given bytes and gives bytes back.
package upload
