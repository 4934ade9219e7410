// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa
{% set types = {"amount": "Amount", "integer": "int64", "text_or_integer": "any"} %}
{% macro type(field) %}
{% if field.item %}*{{ field.item }}{% else %}{{ types[field.kind] | default("string") }}{% endif %}
{% endmacro %}
{% for request in tables.requests %}

{{ request.doc | go_about(request.name, "is ") | go_doc(0) }}
//
// A field with its zero value counts as absent.
type {{ request.name }} struct {
{% for field in request.fields %}
	{{ (field.doc ~ (" Required." if field.required else "")) | go_doc(1) }}
	{{ field.name | go_name }} {{ type(field) }}

{% endfor %}
{% if request.is_top_level %}
	{{ "Fields that the provider accepts and this library does not know; they are sent after the others." | go_doc(1) }}
{% else %}
	// Any other fields that the provider accepts.
{% endif %}
	OtherFields Object
}

// String returns the fields that logs may show.
func (r {{ request.name }}) String() string {
{% set names = request.fields | map(attribute="name") | list %}
	return loggable("{{ request.name }}"{% for name in tables.loggable if name in names %}, "{{ name }}", r.{{ name | go_name }}{% endfor %})
}

// GoString returns the fields that logs may show.
func (r {{ request.name }}) GoString() string { return r.String() }

func (r *{{ request.name }}) object() Object {
	var o Object
{% for field in request.fields %}
{% if field.item %}
	if r.{{ field.name | go_name }} != nil {
		o = append(o, Field{"{{ field.name }}", r.{{ field.name | go_name }}.object()})
	}
{% else %}
	o = appendSet(o, "{{ field.name }}", r.{{ field.name | go_name }})
{% endif %}
{% endfor %}
{% if request.is_top_level %}
	if r.OtherFields != nil {
		o = append(o, Field{"other_fields", r.OtherFields})
	}
	return o
{% else %}
	return append(o, r.OtherFields...)
{% endif %}
}
{% endfor %}
