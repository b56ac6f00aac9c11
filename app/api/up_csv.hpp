// INTERNAL: messages for applications as lines of CSV, for spreadsheets: the stored ones, to
// clients that accept text/csv. [RFC 4180]
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace ff::api {

/// Whether answers of this type can be lines.
bool has_csv(const google::protobuf::Descriptor& type);
/// The names of the columns, with the end of the line.
std::string csv_head();
/// One message of a type that has_csv(), with the end of the line. What has no column of its own is
/// in the last one, as JSON.
std::string csv_line(const google::protobuf::Message& message);

}  // namespace ff::api
