//! The price book that comes with the program: one entry here for each file
//! of `pricing/`.

/// Includes files of `pricing/`, each with its name.
macro_rules! documents {
    ($($file:literal,)+) => {
        &[$((concat!("pricing/", $file), include_str!(concat!("../../pricing/", $file))),)+]
    };
}

/// The files with their names, in the order in which they are read.
pub(super) const DOCUMENTS: &[(&str, &str)] = documents![
    "aurora-postgres-asia-pacific.json",
    "aurora-postgres-canada-latin-america.json",
    "aurora-postgres-europe.json",
    "aurora-postgres-middle-east-africa.json",
    "aurora-postgres-us.json",
    "data-transfer-asia-pacific.json",
    "data-transfer-canada-latin-america.json",
    "data-transfer-europe.json",
    "data-transfer-us.json",
    "dynamodb-asia-pacific.json",
    "dynamodb-canada-latin-america.json",
    "dynamodb-europe.json",
    "dynamodb-govcloud.json",
    "dynamodb-middle-east-africa.json",
    "dynamodb-us.json",
    "ec2-ebs-asia-pacific.json",
    "ec2-ebs-canada-latin-america.json",
    "ec2-ebs-europe.json",
    "ec2-ebs-us.json",
    "instance-classes.json",
    "rds-postgres-asia-pacific.json",
    "rds-postgres-canada-latin-america.json",
    "rds-postgres-europe.json",
    "rds-postgres-us.json",
    "savings-plans.json",
];
