package alikassa_test

import (
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

func parsed(t *testing.T) *doc.Package {
	t.Helper()
	files := token.NewFileSet()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var sources []*ast.File
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			source, err := parser.ParseFile(files, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, source)
		}
	}
	documented, err := doc.NewFromFiles(files, sources, "alikassa")
	if err != nil {
		t.Fatal(err)
	}
	return documented
}

func TestEveryExportedSymbolIsDocumented(t *testing.T) {
	documented := parsed(t)
	check := func(name, text string) {
		if text == "" {
			t.Errorf("%s has no documentation", name)
		}
	}
	functions := documented.Funcs
	check("the package", documented.Doc)
	for _, group := range append(documented.Consts, documented.Vars...) {
		check(group.Names[0], group.Doc)
	}
	for _, kind := range documented.Types {
		check(kind.Name, kind.Doc)
		for _, group := range kind.Consts {
			check(group.Names[0], group.Doc)
		}
		functions = append(append(functions, kind.Funcs...), kind.Methods...)
		if fields, ok := kind.Decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType); ok {
			for _, field := range fields.Fields.List {
				if len(field.Names) > 0 && field.Names[0].IsExported() {
					check(kind.Name+"."+field.Names[0].Name, field.Doc.Text())
				}
			}
		}
	}
	for _, function := range functions {
		check(function.Name, function.Doc)
	}
	equal(t, "symbols were found", len(functions) > 50 && len(documented.Types) > 50, true)
}

func TestEveryErrorOfTheLibraryHasAType(t *testing.T) {
	text, err := os.ReadFile("../../tests/vectors/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Errors []struct{ Class string } }
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	types := map[string]bool{}
	for _, kind := range parsed(t).Types {
		types[kind.Name] = true
	}
	for _, row := range table.Errors {
		equal(t, row.Class, types[strings.Replace(row.Class, "Api", "API", 1)], true)
	}
}
