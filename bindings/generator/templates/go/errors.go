// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa
{% set base = "AliKassaError" %}
{% for error in tables.errors %}
{% set class = error.class | go_class %}

{{ (class ~ ": " ~ error.doc) | go_doc(0) }}
type {{ class }} struct{ *{{ error.parent | go_class }} }

// Unwrap returns the error as the class above.
func (e *{{ class }}) Unwrap() error { return e.{{ error.parent | go_class }} }
{% endfor %}

// classified returns the error as its class.
func classified(base *AliKassaError) error {
	switch base.Code {
{% for error in tables.errors %}
	case Code{{ error.code | go_name }}:
{% set parent = tables.errors | selectattr("class", "equalto", error.parent) | first | default(none) %}
{% if parent is none %}
		return &{{ error.class | go_class }}{base}
{% else %}
		return &{{ error.class | go_class }}{ {{- "&" ~ (error.parent | go_class) ~ "{base}" -}} }
{% endif %}
{% endfor %}
	}
	return base
}
