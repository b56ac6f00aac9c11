#include "app/cli/import/device_row.hpp"

#include <algorithm>
#include <array>

#include "app/cli/device/paths.hpp"
#include "app/cli/message/set_text.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/ulid.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

struct Alias {
  std::string_view column;
  std::string_view path;
  bool is_hex_number = false;
};

constexpr std::array aliases = {
    Alias{"id", "ids.device_id"},
    Alias{"device_id", "ids.device_id"},
    Alias{"dev_eui", "ids.dev_eui"},
    Alias{"join_eui", "ids.join_eui"},
    Alias{"app_eui", "ids.join_eui"},
    Alias{"brand_id", "version_ids.brand_id"},
    Alias{"model_id", "version_ids.model_id"},
    Alias{"hardware_version", "version_ids.hardware_version"},
    Alias{"firmware_version", "version_ids.firmware_version"},
    Alias{"band_id", "version_ids.band_id"},
    Alias{"vendor_id", "lora_alliance_profile_ids.vendor_id", true},
    Alias{"vendor_profile_id", "lora_alliance_profile_ids.vendor_profile_id", true},
    Alias{"app_key", "root_keys.app_key.key"},
    Alias{"nwk_key", "root_keys.nwk_key.key"},
    Alias{"rx1_delay", "mac_settings.rx1_delay"},
    Alias{"supports_32_bit_f_cnt", "mac_settings.supports_32_bit_f_cnt"},
    Alias{"dev_addr", "session.dev_addr"},
    Alias{"app_s_key", "session.keys.app_s_key.key"},
    Alias{"f_nwk_s_int_key", "session.keys.f_nwk_s_int_key.key"},
    Alias{"s_nwk_s_int_key", "session.keys.s_nwk_s_int_key.key"},
    Alias{"nwk_s_enc_key", "session.keys.nwk_s_enc_key.key"},
    Alias{"last_f_cnt_up", "session.last_f_cnt_up"},
    Alias{"last_n_f_cnt_down", "session.last_n_f_cnt_down"},
    Alias{"last_a_f_cnt_down", "session.last_a_f_cnt_down"},
};

bool is_known(std::string_view path) {
  if (path == "ids.device_id" || path == "ids.dev_eui" || path == "ids.join_eui") return true;
  if (path.starts_with("ids")) return false;
  for (std::size_t i = 0; i < registry_count; ++i) {
    if (std::ranges::binary_search(writable_paths(static_cast<Registry>(i)), path)) return true;
  }
  return false;
}

const std::vector<Leaf>& device_leaves() {
  static const auto leaves = leaves_of(*pb::EndDevice::descriptor());
  return leaves;
}

void add_path(std::vector<std::string>& paths, std::string_view path) {
  if (std::ranges::find(paths, path) == paths.end()) paths.emplace_back(path);
}

/// A device with root keys joins, one with a session and none does not, unless the row says so.
void decide_join(DeviceRow& row) {
  if (std::ranges::find(row.paths, "supports_join") != row.paths.end()) return;
  row.device->set_supports_join(row.device->has_root_keys() || !row.device->has_session());
  add_path(row.paths, "supports_join");
}

DeviceRow row_of(const RowDefaults& defaults) {
  return {std::make_shared<pb::EndDevice>(*defaults.device), defaults.paths};
}

std::string reason_of(const Error& error) {
  for (const auto& [name, value] : error.attributes()) {
    if (name == "reason") return to_string(value);
  }
  return error.message();
}

}  // namespace

Result<CsvColumns> CsvColumns::parse(const std::vector<std::string>& header) {
  CsvColumns out;
  for (const auto& name : header) {
    Column column;
    column.name = name;
    const auto alias = std::ranges::find(aliases, name, &Alias::column);
    column.path = alias == aliases.end() ? name : std::string(alias->path);
    column.is_hex_number = alias != aliases.end() && alias->is_hex_number;
    const auto leaf = std::ranges::find(device_leaves(), column.path, &Leaf::path);
    if (leaf == device_leaves().end() || !is_known(column.path)) {
      out.unknown_.push_back(name);
      column.path.clear();
    } else {
      column.leaf = *leaf;
    }
    out.columns_.push_back(std::move(column));
  }
  if (out.unknown_.size() == header.size()) return fail(csv_header);
  return out;
}

Result<DeviceRow> CsvColumns::read(const std::vector<std::string>& cells, std::size_t line,
                                   const RowDefaults& defaults) const {
  if (cells.size() != columns_.size())
    return fail(csv_columns,
                {{"line", line}, {"cells", cells.size()}, {"columns", columns_.size()}});
  auto row = row_of(defaults);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto& column = columns_[i];
    if (column.path.empty() || cells[i].empty()) continue;
    auto text = cells[i];
    const auto refuse = [&](const std::string& reason) {
      return fail(parse_csv_field, {{"line", line}, {"column", column.name}, {"reason", reason}});
    };
    if (column.is_hex_number) {
      const auto number =
          parse_hex_number(text, static_cast<int>(std::min<std::size_t>(text.size(), 8)));
      if (!number || text.size() > 8) return refuse("hexadecimal digits are expected");
      text = std::to_string(*number);
    }
    const auto done = set_text(*row.device, column.leaf, std::vector<std::string>{text});
    if (!done) return refuse(reason_of(done.error()));
    if (!column.path.starts_with("ids.")) add_path(row.paths, column.path);
  }
  decide_join(row);
  return row;
}

Result<DeviceRow> read_device_json(std::string_view object, const RowDefaults& defaults) {
  pb::EndDevice device;
  FF_CHECK(api_json::from_json(object, device));
  auto row = row_of(defaults);
  const auto application = row.device->ids().application_ids();
  for (auto& path : set_paths(device)) {
    // Lists and maps replace, where merging would add.
    if (is_known(path) && !path.starts_with("ids.")) add_path(row.paths, path);
  }
  for (const auto& leaf : device_leaves()) {
    if (leaf.fields.size() == 1 && leaf.field().is_repeated() &&
        device.GetReflection()->FieldSize(device, &leaf.field()) > 0)
      row.device->GetReflection()->ClearField(row.device.get(), &leaf.field());
  }
  row.device->MergeFrom(device);
  if (!application.application_id().empty())
    *row.device->mutable_ids()->mutable_application_ids() = application;
  if (device.supports_join()) add_path(row.paths, "supports_join");
  decide_join(row);
  return row;
}

void complete_session(DeviceRow& row, UtcTime now, Random& random) {
  if (!row.device->has_session() || !row.device->session().keys().session_key_id().empty()) return;
  const auto id = Ulid::make(now, random);
  row.device->mutable_session()->mutable_keys()->set_session_key_id(std::string(as_text(id.bytes)));
  add_path(row.paths, "session.keys.session_key_id");
}

}  // namespace ff::cli
