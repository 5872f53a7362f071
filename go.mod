module github.com/csock/go-csock

go 1.25
