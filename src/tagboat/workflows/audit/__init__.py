"""What is wrong with workflow files: one file for each subject, one function for each rule."""
