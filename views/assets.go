package views

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// AssetPrefix is the path under which the edge serves the built assets.
const AssetPrefix = "/assets/"

// ErrNoAssets says that the style sheets were never built.
var ErrNoAssets = errors.New("views/assets/dist is empty: run make assets")

// assets is the built front end: names of the source to names with the hash of
// the content, which may therefore be cached for ever.
type assets struct {
	files  fs.FS
	hashed map[string]string
}

// readAssets reads the manifest of the build. Without one it returns an empty
// set, whose every look-up answers ErrNoAssets.
func readAssets(files fs.FS) (assets, error) {
	body, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return assets{files: files}, nil
	}
	if err != nil {
		return assets{}, fmt.Errorf("read asset manifest: %w", err)
	}
	a := assets{files: files}
	if err := json.Unmarshal(body, &a.hashed); err != nil {
		return assets{}, fmt.Errorf("read asset manifest: %w", err)
	}
	return a, nil
}

func (a assets) url(name string) (string, error) {
	if a.hashed == nil {
		return "", ErrNoAssets
	}
	hashed, ok := a.hashed[name]
	if !ok {
		return "", fmt.Errorf("no asset %q in the build", name)
	}
	return AssetPrefix + hashed, nil
}

// open finds a built file by its hashed name. Only names of the manifest are
// served: not the manifest itself, nor anything that strays into the folder.
func (a assets) open(name string) (body, gz []byte, contentType string, ok bool) {
	for _, hashed := range a.hashed {
		if hashed != name {
			continue
		}
		body, err := fs.ReadFile(a.files, name)
		if err != nil {
			return nil, nil, "", false
		}
		gz, _ := fs.ReadFile(a.files, name+".gz") // absent where gzip gains nothing
		return body, gz, contentTypeOf(name), true
	}
	return nil, nil, "", false
}

func contentTypeOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// Asset returns the address of a built asset by its source name, such as
// "public.css". Before the front end is built it fails with ErrNoAssets.
func (v *Views) Asset(name string) (string, error) { return v.assets.url(name) }

// OpenAsset returns a built asset by its address below AssetPrefix, with its
// gzip form (nil where there is none) and its content type. The content of an
// address never changes.
func (v *Views) OpenAsset(address string) (body, gz []byte, contentType string, ok bool) {
	return v.assets.open(strings.TrimPrefix(address, AssetPrefix))
}
