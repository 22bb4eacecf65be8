// Command tlogcheck checks a published log with other people's code: golang.org/x/mod/sumdb, which
// checks the Go module mirror's. It shares nothing with the ledger but the formats.
//
//	tlogcheck FOLDER
//
// FOLDER holds vkey, checkpoint, tile/… (C2SP tlog-tiles, entry bundles with them) and proofs/*.json:
// inclusion and consistency proofs as GET /v1/ledger/… answers them. Prints "OK …" or ends with 1.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Proof is an inclusion proof, or a consistency proof where LeafHash is empty.
type Proof struct {
	Seq      int64    `json:"seq"`
	LeafHash string   `json:"leafHash"`
	From     int64    `json:"from"`
	FromRoot string   `json:"fromRoot"`
	Size     int64    `json:"size"`
	Root     string   `json:"root"`
	Hashes   []string `json:"hashes"`
}

// folder reads tiles as tlog.TileReader wants them: heights of 8 levels, in the layout of C2SP.
type folder string

func (folder) Height() int { return 8 }

func (folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		content, err := os.ReadFile(filepath.Join(string(f), c2sp(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = content
	}
	return data, nil
}

func hashOf(text string) tlog.Hash {
	var hash tlog.Hash
	decoded, err := hex.DecodeString(text)
	if err != nil || len(decoded) != len(hash) {
		fail("not a hash: %q", text)
	}
	copy(hash[:], decoded)
	return hash
}

func hashesOf(texts []string) []tlog.Hash {
	hashes := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		hashes[i] = hashOf(text)
	}
	return hashes
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func must[T any](value T, err error) T {
	if err != nil {
		fail("%v", err)
	}
	return value
}

// openTree opens the checkpoint as a signed note and reads origin, size and root from it.
func openTree(dir string) (string, tlog.Tree) {
	vkey := strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, "vkey")))))
	verifier := must(note.NewVerifier(vkey))
	signed := must(os.ReadFile(filepath.Join(dir, "checkpoint")))
	opened := must(note.Open(signed, note.VerifierList(verifier)))
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != verifier.Name() {
		fail("the checkpoint is of %q, signed by %q", origin, verifier.Name())
	}
	// Go's own trees differ from C2SP checkpoints in their first line only.
	return origin, must(tlog.ParseTree([]byte("go.sum database tree\n" + rest)))
}

// stored is the tree as tlog itself builds it: every hash, in its own order.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

// c2sp is where a tile of height 8 is in the layout of C2SP.
func c2sp(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

// rebuild makes the tree from the bytes of the entries and compares its root and every tile.
func rebuild(dir string, tree tlog.Tree) stored {
	var hashes stored
	for first := int64(0); first < tree.N; first += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: first / 256, W: int(min(256, tree.N-first))}
		path := strings.Replace(c2sp(tile), "tile/0/", "tile/entries/", 1)
		bundle := must(os.ReadFile(filepath.Join(dir, path)))
		for i := range tile.W {
			length := int(binary.BigEndian.Uint16(bundle))
			record := bundle[2 : 2+length]
			hashes = append(hashes, must(tlog.StoredHashes(first+int64(i), record, hashes))...)
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			fail("%s is longer than its entries", path)
		}
	}
	if must(tlog.TreeHash(tree.N, hashes)) != tree.Hash {
		fail("the entries do not have the root that the checkpoint says")
	}
	for level, count := 0, tree.N; count > 0; level, count = level+1, count/256 {
		for n := int64(0); n*256 < count; n++ {
			tile := tlog.Tile{H: 8, L: level, N: n, W: int(min(256, count-n*256))}
			ours := must(os.ReadFile(filepath.Join(dir, c2sp(tile))))
			if !bytes.Equal(ours, must(tlog.ReadTileData(tile, hashes))) {
				fail("%s does not fit the entries", c2sp(tile))
			}
		}
	}
	return hashes
}

// proveFromTiles makes proofs as a client does that has nothing but the tiles.
func proveFromTiles(dir string, tree tlog.Tree, hashes stored) {
	reader := tlog.TileHashReader(tree, folder(dir))
	for n := int64(0); n < 50; n++ {
		at := n * (tree.N - 1) / 49
		leaf := hashes[tlog.StoredHashIndex(0, at)]
		proof := must(tlog.ProveRecord(tree.N, at, reader))
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, at, leaf); err != nil {
			fail("a proof of %d from the tiles: %v", at, err)
		}
	}
}

func main() {
	dir := os.Args[1]
	origin, tree := openTree(dir)
	proveFromTiles(dir, tree, rebuild(dir, tree))
	inclusion, consistency := 0, 0
	for _, path := range must(filepath.Glob(filepath.Join(dir, "proofs", "*.json"))) {
		var proof Proof
		if err := json.Unmarshal(must(os.ReadFile(path)), &proof); err != nil {
			fail("%s: %v", path, err)
		}
		if proof.Size != tree.N || hashOf(proof.Root) != tree.Hash {
			fail("%s is about another tree", path)
		}
		var err error
		if proof.LeafHash != "" {
			inclusion++
			record := tlog.RecordProof(hashesOf(proof.Hashes))
			err = tlog.CheckRecord(record, tree.N, tree.Hash, proof.Seq, hashOf(proof.LeafHash))
		} else {
			consistency++
			between := tlog.TreeProof(hashesOf(proof.Hashes))
			err = tlog.CheckTree(between, tree.N, tree.Hash, proof.From, hashOf(proof.FromRoot))
		}
		if err != nil {
			fail("%s: %v", path, err)
		}
	}
	fmt.Printf("OK %s: %d entries, %d inclusion proofs, %d consistency proofs\n",
		origin, tree.N, inclusion, consistency)
}
