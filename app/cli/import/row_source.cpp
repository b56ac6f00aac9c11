#include "app/cli/import/row_source.hpp"

#include "app/cli/import/csv.hpp"
#include "app/cli/session/json_objects.hpp"

namespace ff::cli {
namespace {

class CsvSource final : public RowSource {
 public:
  CsvSource(CsvReader reader, CsvColumns columns, std::string header, RowDefaults defaults)
      : reader_(std::move(reader)),
        columns_(std::move(columns)),
        header_(std::move(header)),
        defaults_(std::move(defaults)) {}

  Result<std::optional<SourceRow>> next() override {
    auto row = reader_.next();
    ++number_;
    if (!row) return std::optional<SourceRow>({number_, {}, fail(row.error())});
    if (!*row) return std::optional<SourceRow>();
    auto device = columns_.read((*row)->cells, (*row)->line, defaults_);
    return std::optional<SourceRow>({number_, (*row)->text, std::move(device)});
  }
  std::size_t offset() const override { return reader_.offset(); }
  std::vector<std::string> unknown_columns() const override { return columns_.unknown(); }
  std::string header() const override { return header_; }

 private:
  CsvReader reader_;
  CsvColumns columns_;
  std::string header_;
  RowDefaults defaults_;
  std::size_t number_ = 0;
};

class JsonSource final : public RowSource {
 public:
  JsonSource(std::string_view text, RowDefaults defaults)
      : objects_(text), begin_(text.data()), defaults_(std::move(defaults)) {}

  Result<std::optional<SourceRow>> next() override {
    FF_TRY(const auto object, objects_.next());
    if (!object) return std::optional<SourceRow>();
    offset_ = static_cast<std::size_t>(object->data() + object->size() - begin_);
    return std::optional<SourceRow>({++number_, *object, read_device_json(*object, defaults_)});
  }
  std::size_t offset() const override { return offset_; }
  std::vector<std::string> unknown_columns() const override { return {}; }
  std::string header() const override { return {}; }

 private:
  JsonObjects objects_;
  const char* begin_;
  RowDefaults defaults_;
  std::size_t number_ = 0;
  std::size_t offset_ = 0;
};

}  // namespace

Result<std::unique_ptr<RowSource>> make_row_source(FileFormat format, std::string_view text,
                                                   RowDefaults defaults) {
  if (format == FileFormat::json) return std::make_unique<JsonSource>(text, std::move(defaults));
  CsvReader reader(text);
  FF_TRY(const auto header, reader.next());
  if (!header) return fail(csv_header);
  FF_TRY(auto columns, CsvColumns::parse(header->cells));
  return std::make_unique<CsvSource>(std::move(reader), std::move(columns),
                                     std::string(header->text), std::move(defaults));
}

}  // namespace ff::cli
