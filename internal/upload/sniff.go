package upload

import (
	"bytes"
	"mime"
	"path"
	"slices"
	"strings"
)

var (
	markPDF  = []byte("%PDF-")
	markJPEG = []byte{0xff, 0xd8, 0xff}
	markPNG  = []byte("\x89PNG\r\n\x1a\n")
)

// sniff finds out what the file is and holds its claim to it.
func sniff(claim Claim, data []byte) (Type, error) {
	switch {
	case len(data) == 0:
		return "", refuse("empty")
	case len(data) > MaxBytes:
		return "", refuseWith("too_large", map[string]any{"Max": MaxBytes >> 20})
	}
	var kind Type
	switch {
	case bytes.HasPrefix(data, markPDF):
		kind = PDF
	case bytes.HasPrefix(data, markJPEG):
		kind = JPEG
	case bytes.HasPrefix(data, markPNG):
		kind = PNG
	default:
		return "", refuse(other(data))
	}
	if holdsZIP(data) {
		return "", refuse("polyglot")
	}
	if err := claim.check(kind); err != nil {
		return "", err
	}
	return kind, nil
}

// foreign are beginnings of what people send by mistake, and what they are told.
var foreign = []struct{ at, mark, what string }{
	{"", "PK\x03\x04", "zip"},
	{"", "PK\x05\x06", "zip"},
	{"", "Rar!", "zip"},
	{"", "7z\xbc\xaf\x27\x1c", "zip"},
	{"", "\x1f\x8b", "zip"},
	{"", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"},
	{"", "{\\rtf", "office"},
	{"", "GIF8", "other_image"},
	{"", "II*\x00", "other_image"},
	{"", "MM\x00*", "other_image"},
	{"", "BM", "other_image"},
	{"....", "ftyp", "other_image"},
	{"........", "WEBP", "other_image"},
	{"", "#!", "program"},
	{"", "MZ", "program"},
	{"", "\x7fELF", "program"},
	{"", "<?php", "program"},
}

// other names what a file is that is not taken.
func other(data []byte) string {
	for _, f := range foreign {
		if len(data) < len(f.at) || !bytes.HasPrefix(data[len(f.at):], []byte(f.mark)) {
			continue
		}
		if f.what == "zip" && isOffice(data) {
			return "office"
		}
		return f.what
	}
	begin := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 1024)], []byte("\xef\xbb\xbf")), " \t\r\n\f"))
	for _, mark := range []string{"<!doctype", "<html", "<script", "<head", "<body", "<svg", "<?xml", "<!--"} {
		if bytes.HasPrefix(begin, []byte(mark)) {
			return "html"
		}
	}
	// Programs find a PDF behind other bytes; whoever put them there hides something.
	if bytes.Contains(data[:min(len(data), 2048)], markPDF) {
		return "polyglot"
	}
	return "type"
}

func isOffice(data []byte) bool {
	for _, name := range []string{"[Content_Types].xml", "mimetypeapplication/vnd.oasis", "word/", "xl/", "ppt/"} {
		if bytes.Contains(data, []byte(name)) {
			return true
		}
	}
	return false
}

// extensions of names. One that is not here says nothing.
var extensions = map[string]Type{
	".pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".jpe": JPEG, ".jfif": JPEG, ".png": PNG,
	".gif": "", ".webp": "", ".heic": "", ".heif": "", ".tif": "", ".tiff": "", ".bmp": "", ".svg": "",
	".doc": "", ".docx": "", ".docm": "", ".xls": "", ".xlsx": "", ".xlsm": "", ".ppt": "", ".pptx": "", ".odt": "", ".ods": "", ".rtf": "", ".txt": "", ".csv": "",
	".zip": "", ".rar": "", ".7z": "", ".gz": "", ".tar": "", ".jar": "", ".apk": "", ".iso": "",
	".htm": "", ".html": "", ".xhtml": "", ".xml": "", ".js": "", ".mjs": "", ".php": "", ".asp": "", ".aspx": "", ".jsp": "", ".py": "", ".sh": "", ".bat": "",
	".cmd": "", ".ps1": "", ".vbs": "", ".exe": "", ".dll": "", ".com": "", ".scr": "", ".msi": "", ".lnk": "", ".hta": "",
}

// words for the types, the same in every language.
var shortNames = map[Type]string{PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}

func (c Claim) check(kind Type) error {
	extension := strings.ToLower(path.Ext(strings.TrimRight(c.Name, " .")))
	if said, known := extensions[extension]; known && said != kind {
		return refuseWith("extension", map[string]any{"Extension": extension, "Found": shortNames[kind]})
	}
	said, _, err := mime.ParseMediaType(c.Type)
	if c.Type == "" || err == nil && said == "application/octet-stream" {
		return nil
	}
	same := map[Type][]string{JPEG: {"image/jpg", "image/pjpeg"}, PDF: {"application/x-pdf"}, PNG: {"image/x-png"}}
	if err != nil || said != string(kind) && !slices.Contains(same[kind], said) {
		return refuseWith("claimed", map[string]any{"Found": shortNames[kind]})
	}
	return nil
}
