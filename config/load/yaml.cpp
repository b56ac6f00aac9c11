#include "config/load/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "config/schema/record.hpp"
#include "config/schema/schema.hpp"
#include "config/schema/without_meaning.hpp"

namespace ff::config {

namespace {

/// Aliases can make a small file a huge tree.
constexpr std::size_t nodes_max = 10'000;

bool is_section_of(std::string_view name, std::string_view prefix) {
  return name.size() > prefix.size() && name.starts_with(prefix) && name[prefix.size()] == '.';
}

/// Whether some setting's name starts with `prefix` and a dot.
bool is_section(std::string_view prefix) {
  return std::ranges::any_of(knobs(),
                             [&](const Knob& knob) { return is_section_of(knob.name, prefix); }) ||
         std::ranges::any_of(names_without_meaning(),
                             [&](std::string_view name) { return is_section_of(name, prefix); });
}

class YamlReader {
 public:
  explicit YamlReader(std::string_view name) : name_(name) {}

  Reading read(const YAML::Node& root) {
    if (root.IsMap()) {
      read_section("", root);
    } else if (!root.IsNull() && root.IsDefined()) {
      malformed(root, "a map of settings is expected");
    }
    if (nodes_ > nodes_max) malformed(root, "the file has too many values");
    return std::move(reading_);
  }

 private:
  Origin origin(const YAML::Node& node) const {
    return {OriginKind::file, name_ + ":" + std::to_string(node.Mark().line + 1)};
  }

  void malformed(const YAML::Node& node, std::string_view detail) {
    reading_.problems.emplace_back(
        malformed_file, std::vector<Attribute>{{"source", origin(node).place}, {"detail", detail}});
  }

  bool count_node() { return ++nodes_ <= nodes_max; }

  // The depth is bounded by the dots in the schema's names.
  void read_section(const std::string& prefix, const YAML::Node& section) {
    for (const auto& entry : section) {
      if (!count_node()) return;
      if (!entry.first.IsScalar()) {
        malformed(entry.first, "a setting's name is expected");
        continue;
      }
      const auto key = prefix + entry.first.Scalar();
      if (find_knob(key) != nullptr) {
        read_value(key, entry.first, entry.second);
      } else if (has_no_meaning(key)) {
        reading_.warnings.push_back(origin(entry.first).place + ": `" + key +
                                    "` has no meaning here");
      } else if (!is_section(key)) {
        reading_.problems.push_back(no_such_key(key, origin(entry.first)));
      } else if (entry.second.IsMap()) {
        read_section(key + ".", entry.second);
      } else if (!entry.second.IsNull()) {
        malformed(entry.second, "`" + key + "` is a group of settings, not a setting");
      }
    }
  }

  void read_value(const std::string& key, const YAML::Node& key_node, const YAML::Node& value) {
    Setting setting{key, Shape::text, {}, origin(key_node)};
    bool is_good = true;
    if (value.IsScalar()) {
      setting.items.push_back(value.Scalar());
    } else if (value.IsNull()) {
      setting.items.emplace_back();
    } else if (value.IsSequence() && value.size() > 0 && value[0].IsMap()) {
      setting.shape = Shape::records;
      is_good = add_records(value, setting);
    } else if (value.IsSequence()) {
      setting.shape = Shape::list;
      is_good = add_items("", value, setting);
    } else {
      setting.shape = Shape::map;
      is_good = add_entries(value, setting);
    }
    if (!is_good) return;
    if (!seen_.insert(key).second) {
      reading_.problems.emplace_back(
          repeated_key, std::vector<Attribute>{{"source", setting.origin.place}, {"key", key}});
      return;
    }
    reading_.settings.push_back(std::move(setting));
  }

  /// `start` is put before each item.
  bool add_items(const std::string& start, const YAML::Node& list, Setting& setting) {
    for (const auto& item : list) {
      if (!count_node()) return false;
      if (!item.IsScalar()) {
        malformed(item, "an item of `" + setting.key + "` is not a plain value");
        return false;
      }
      setting.items.push_back(start + item.Scalar());
    }
    return true;
  }

  /// Each `{k: v, l: [w, x]}` as `k=v;l=w+x`.
  bool add_records(const YAML::Node& list, Setting& setting) {
    for (const auto& record : list) {
      Setting fields{setting.key, Shape::map, {}, setting.origin};
      if (!count_node()) return false;
      if (!record.IsMap()) {
        malformed(record, "an item of `" + setting.key + "` is not a group of values");
        return false;
      }
      if (!add_entries(record, fields)) return false;
      setting.items.push_back(record_text(group_entries(fields.items)));
    }
    return true;
  }

  /// `{k: v}` and `{k: [v, w]}`, both as `k=v`.
  bool add_entries(const YAML::Node& map, Setting& setting) {
    for (const auto& entry : map) {
      if (!count_node()) return false;
      if (!entry.first.IsScalar() || entry.second.IsMap()) {
        malformed(entry.first, "an entry of `" + setting.key + "` is not a plain value");
        return false;
      }
      const auto start = entry.first.Scalar() + "=";
      if (entry.second.IsSequence()) {
        if (!add_items(start, entry.second, setting)) return false;
      } else {
        setting.items.push_back(start + (entry.second.IsNull() ? "" : entry.second.Scalar()));
      }
    }
    return true;
  }

  std::string name_;
  Reading reading_;
  std::set<std::string> seen_;
  std::size_t nodes_ = 0;
};

Error malformed_at(std::string_view name, int line, std::string_view detail) {
  const auto place = std::string(name) + (line >= 0 ? ":" + std::to_string(line + 1) : "");
  return Error(malformed_file, {{"source", place}, {"detail", detail}});
}

}  // namespace

Reading read_yaml(std::string_view text, std::string_view name) {
  if (text.size() > file_size_max)
    return {{}, {malformed_at(name, -1, "the file is larger than 1 MiB")}};
  try {
    return YamlReader(name).read(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& exception) {
    return {{}, {malformed_at(name, exception.mark.line, exception.msg)}};
  } catch (const std::exception& exception) {
    return {{}, {malformed_at(name, -1, exception.what())}};
  }
}

}  // namespace ff::config
