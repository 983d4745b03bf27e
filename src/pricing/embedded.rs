//! The price book that comes with the program: one entry here for each file
//! under `pricing/`.

/// The files with their names, in the order in which they are read.
pub(super) const DOCUMENTS: &[(&str, &str)] = &[
    (
        "pricing/aurora-postgres/asia-pacific.json",
        include_str!("../../pricing/aurora-postgres/asia-pacific.json"),
    ),
    (
        "pricing/aurora-postgres/canada-latin-america.json",
        include_str!("../../pricing/aurora-postgres/canada-latin-america.json"),
    ),
    (
        "pricing/aurora-postgres/europe.json",
        include_str!("../../pricing/aurora-postgres/europe.json"),
    ),
    (
        "pricing/aurora-postgres/middle-east-africa.json",
        include_str!("../../pricing/aurora-postgres/middle-east-africa.json"),
    ),
    ("pricing/aurora-postgres/us.json", include_str!("../../pricing/aurora-postgres/us.json")),
    (
        "pricing/classes/instance-classes.json",
        include_str!("../../pricing/classes/instance-classes.json"),
    ),
    (
        "pricing/data-transfer/asia-pacific.json",
        include_str!("../../pricing/data-transfer/asia-pacific.json"),
    ),
    (
        "pricing/data-transfer/canada-latin-america.json",
        include_str!("../../pricing/data-transfer/canada-latin-america.json"),
    ),
    ("pricing/data-transfer/europe.json", include_str!("../../pricing/data-transfer/europe.json")),
    ("pricing/data-transfer/us.json", include_str!("../../pricing/data-transfer/us.json")),
    (
        "pricing/dynamodb/asia-pacific.json",
        include_str!("../../pricing/dynamodb/asia-pacific.json"),
    ),
    (
        "pricing/dynamodb/canada-latin-america.json",
        include_str!("../../pricing/dynamodb/canada-latin-america.json"),
    ),
    ("pricing/dynamodb/europe.json", include_str!("../../pricing/dynamodb/europe.json")),
    ("pricing/dynamodb/govcloud.json", include_str!("../../pricing/dynamodb/govcloud.json")),
    (
        "pricing/dynamodb/middle-east-africa.json",
        include_str!("../../pricing/dynamodb/middle-east-africa.json"),
    ),
    ("pricing/dynamodb/us.json", include_str!("../../pricing/dynamodb/us.json")),
    ("pricing/ec2-ebs/asia-pacific.json", include_str!("../../pricing/ec2-ebs/asia-pacific.json")),
    (
        "pricing/ec2-ebs/canada-latin-america.json",
        include_str!("../../pricing/ec2-ebs/canada-latin-america.json"),
    ),
    ("pricing/ec2-ebs/europe.json", include_str!("../../pricing/ec2-ebs/europe.json")),
    ("pricing/ec2-ebs/us.json", include_str!("../../pricing/ec2-ebs/us.json")),
    (
        "pricing/rds-postgres/asia-pacific.json",
        include_str!("../../pricing/rds-postgres/asia-pacific.json"),
    ),
    (
        "pricing/rds-postgres/canada-latin-america.json",
        include_str!("../../pricing/rds-postgres/canada-latin-america.json"),
    ),
    ("pricing/rds-postgres/europe.json", include_str!("../../pricing/rds-postgres/europe.json")),
    ("pricing/rds-postgres/us.json", include_str!("../../pricing/rds-postgres/us.json")),
    (
        "pricing/savings-plans/database.json",
        include_str!("../../pricing/savings-plans/database.json"),
    ),
];
