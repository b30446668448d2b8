// Package placement owns the record of who was sent where by whom: the exposure
// against which complaints are counted, and the match that tells that somebody
// really left with the agency they speak of.
//
// It refuses to keep a worker's document or phone number: only keyed hashes are
// stored, made before the transaction begins. It refuses a placement that the
// agency had no licence for on the day of departure.
package placement
