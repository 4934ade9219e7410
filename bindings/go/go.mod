module alikassa

go 1.23
