#pragma once

/// What enters and leaves the program: observations that others wrote, tables, arrays, pictures, and the record of where they came from.
#include <simulacra/io/csv_labelled.hpp>
#include <simulacra/io/csv_samples.hpp>
#include <simulacra/io/gnuplot.hpp>
#include <simulacra/io/idx.hpp>
#include <simulacra/io/npy.hpp>
#include <simulacra/io/output_file.hpp>
#include <simulacra/io/progress.hpp>
#include <simulacra/io/records_file.hpp>
#include <simulacra/io/run_record.hpp>
#include <simulacra/io/table.hpp>
#include <simulacra/io/text.hpp>
