//! Integration tests: one binary, one module a subject.

mod capture;
mod dependencies;
mod pricing;
