module driver

go 1.23

require alikassa v0.1.0

replace alikassa => ../../../bindings/go
