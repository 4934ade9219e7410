module bench

go 1.23

require (
	alikassa v0.1.0
	// Decrypts the peer's key file, which the standard library cannot.
	github.com/youmark/pkcs8 v0.0.0-20240726163527-a2c0da244d78
)

require golang.org/x/crypto v0.22.0 // indirect

replace alikassa => ../../../dist/go
