// Package views owns everything a person sees: the base page, the partials,
// one template for each page, the message catalogues and the built style
// sheets, fonts and staff script. It refuses to know a request, a session or a
// database: callers hand it typed data and get a whole page, or an error and
// not one byte of it.
//
// # Writing a page
//
// A page is views/<audience>/<name>.html and is rendered as "<audience>/<name>".
// It defines two blocks, and may define a third for a back link or breadcrumbs:
//
//	{{define "title"}}{{t "complaint.phone.title"}}{{end}}
//	{{define "before"}}{{template "back" "/complaints/new"}}{{end}}
//	{{define "main"}}
//	{{template "error_summary" (summary .Page.Form)}}
//	<h1 class="govuk-heading-l">{{t "complaint.phone.title"}}</h1>
//	<form method="post" action="/complaints/new" novalidate>
//	  {{template "csrf" .Frame}}
//	  {{template "input" (field .Page.Form "broker_phone" "complaint.broker_phone" "type" "tel" "autocomplete" "off" "width" 20)}}
//	  {{template "radios" (field .Page.Form "where" "complaint.where" "options" (options "home" "complaint.where.home" "abroad" "complaint.where.abroad"))}}
//	  {{template "button" "common.continue"}}
//	</form>
//	{{end}}
//
// The dot of every block is Data: .Frame is the frame of the page, .Page the
// page's own struct. Each page is parsed apart from all others, so two pages
// may define blocks of one name. A map key or a message that does not exist is
// an error, never a blank.
//
// # Functions
//
//	t "key" "Name" value …       the message in the page's language; an argument
//	                             called Count (an int) chooses the plural form
//	has "key"                    whether the message exists
//	date v, datetime v           a day; a moment in the portal's time zone
//	number v                     an integer or a decimal, grouped for the language
//	field form "name" "key" …    a form field for the partials below
//	options "value" "key" …      choices of radios, checkboxes and select
//	summary form                 the errors of a form, in the order of the page
//	hidden "name" value          argument of the partial "hidden"
//	asset "public.css"           the address of a built asset
//	dict "Name" value …          arguments for a partial of the page's own
//
// # Fields
//
// The label of a field is the message key+".label", its hint key+".hint" when
// that exists. Options, in any order: "type", "autocomplete", "inputmode",
// "width" (2, 3, 4, 5, 10, 20 characters), "rows", "maxlength", "prefix",
// "suffix" (text), "options", "inline" (true), "small" (true), "size"
// ("s", "m", "l", "xl": a larger label or legend), "heading" (true: the label is
// the page's h1, for one question a screen), "optional" (true: says so in the
// label), "args" (a dict for label and hint).
//
// Partials that take a field: input, textarea, select, radios, checkboxes,
// date_input (posts name_day, name_month, name_year; its error stands under
// name), file. Partials that do not: csrf .Frame; hidden (hidden "step" .Page.Step);
// button "key", button_secondary "key", button_warning "key"; link_button (dict
// "Href" "/x" "Key" "k"), a link that looks like one; back "/path"; error_summary
// (summary .Page.Form); empty (dict "Title" "key" "Text" "key"); tag (dict
// "Tone" "red" "Key" "k") with the tones red, amber, green, blue and grey;
// receipt "ABCD-EFGH" for a code to be written down; safety, the honest words
// about the exit control.
//
// Errors come from Form.Errors, field name to message key. A key that begins
// with "form." is generic and appears in the summary after the field's label.
//
// # Layout classes of our own
//
// Public pages use the govuk classes and: fp-lead (a large first paragraph),
// fp-text (a readable measure), fp-cards with fp-card (an <a class="fp-card">
// holding an h2 and a p), fp-panel with fp-panel--red, --amber or --green,
// fp-search (a form of one field and its button on one line), fp-facts (a dl in
// rows, or as tiles when each pair stands in a div), fp-code, fp-no-print.
//
// Staff tables: <div class="fp-scroll" tabindex="0" role="region"
// aria-label="…"><table class="govuk-table fp-table">, th with scope, with
// fp-row--red or fp-row--amber on a row whose state a tag also says in words,
// fp-num on cells of figures, fp-nowrap on numbers of cases, fp-muted on what
// matters less; fp-scroll--tall lets a long list scroll in its own box under a
// head that stays. fp-columns sets main text and side notes beside each other.
//
// A live list is an element with an id, data-stream="/path/of/stream" and
// data-stream-event="changed": on the event the staff script fetches the page
// again and replaces that element. Rows that carry data-href on the tr take the
// keys j, k and Enter; the first field of the form with data-filter takes the
// key "/".
//
// # Pages of this package's own
//
// problem/400, 403, 404, 409, 413, 415, 429, 500 and 503 take a Problem.
// neutral/leave is where the exit control leads: it names nothing, takes no
// data, and the edge sends it with Clear-Site-Data.
package views
