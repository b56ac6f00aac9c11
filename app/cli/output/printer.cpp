#include "app/cli/output/printer.hpp"

#include <google/protobuf/message.h>

#include "app/cli/output/json_text.hpp"
#include "app/cli/output/table.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::cli {

Result<Printer> Printer::make(std::string_view format, std::FILE* out) {
  Printer printer;
  printer.out_ = out;
  printer.is_table_ = format == "table";
  if (format != "json" && !printer.is_table_) {
    FF_TRY(printer.template_, ItemTemplate::parse(format));
  }
  return printer;
}

void Printer::text(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

void Printer::rows(const std::vector<std::string>& json) {
  std::vector<FlatFields> fields;
  fields.reserve(json.size());
  for (const auto& one : json) fields.push_back(flat_fields(one));
  text(table_text(fields));
}

void Printer::templated(std::string_view json) {
  text(template_->render(flat_fields(json)) + "\n");
}

void Printer::item(std::string_view json) {
  if (template_) return templated(json);
  if (is_table_) {
    std::vector<FlatFields> lines;
    for (auto& [path, value] : flat_fields(json))
      lines.push_back({{"field", std::move(path)}, {"value", std::move(value)}});
    return text(table_text(lines));
  }
  text(indented(json) + "\n");
}

Status Printer::item(const google::protobuf::Message& message) {
  FF_TRY(const auto json, api_json::to_json(message));
  item(json);
  return {};
}

Status Printer::list(const std::vector<const google::protobuf::Message*>& messages) {
  std::vector<std::string> json;
  json.reserve(messages.size());
  for (const auto* message : messages) {
    FF_TRY(auto one, api_json::to_json(*message));
    json.push_back(std::move(one));
  }
  if (template_) {
    for (const auto& one : json) templated(one);
    return {};
  }
  if (is_table_) {
    rows(json);
    return {};
  }
  std::string out = "[";
  for (const auto& one : json) out += (out.size() > 1 ? ", " : "") + indented(one);
  text(out + "]\n");
  return {};
}

Status Printer::streamed(const google::protobuf::Message& message) {
  FF_TRY(const auto json, api_json::to_json(message));
  if (template_) {
    templated(json);
  } else if (is_table_) {
    std::string line;
    for (const auto& [path, value] : flat_fields(json))
      line += (line.empty() ? "" : " ") + path + "=" + value;
    text(line + "\n");
  } else {
    text(indented(json) + "\n");
  }
  // `events | head` must end.
  if (std::ferror(out_) != 0) return fail(output_closed);
  return {};
}

}  // namespace ff::cli
