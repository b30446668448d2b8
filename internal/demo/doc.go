// Package demo makes the data of the demonstration: an invented small country,
// Tonle Meas, with its ministry and police, forty agencies, employers in five
// destinations, two years of placements and a hundred complaints that tell a
// story. Everything follows from a seed and the day on which it is made, and
// complaints go through the same door as everybody's, so that they are really
// sealed and really screened.
//
// The stories: Far Horizon Ocean Crew is licensed for one country and has men
// on trawlers elsewhere while families ask for them; a broker uses three phones
// across agencies; Silver Ladder is Golden Ladder, which was revoked, under a
// new name; Harvest Bridge is large and honest, and has as many complaints as
// its size makes likely; one complaint accuses an official.
//
// All people, agencies and employers are invented. Mail addresses end in
// ".example". Phone numbers begin with +855 49, an area code that Cambodia has
// not given out, so that they look right and ring nowhere.
//
// It refuses a record that has people already: it never mixes invented data
// with real ones.
package demo
