//! The playground's page as a program.

fn main() {
    vecseal_web::page::start();
}
