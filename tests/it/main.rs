//! Integration tests: one binary, one module a subject.

mod capacity;
mod capture;
mod pricing;
mod replay;
mod simulate;
