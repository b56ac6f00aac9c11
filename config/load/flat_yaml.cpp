#include "config/load/flat_yaml.hpp"

#include <yaml-cpp/yaml.h>

#include "config/load/yaml.hpp"

namespace ff::config {
namespace {

/// Aliases can make a small file a huge tree.
constexpr std::size_t values_max = 10'000;
constexpr int depth_max = 16;

struct Malformed {
  int line;  // from 0
  std::string detail;
};

class FlatReader {
 public:
  std::vector<FlatSetting> read(const YAML::Node& root) {
    if (root.IsMap()) {
      section("", root, 0);
    } else if (!root.IsNull()) {
      throw Malformed{root.Mark().line, "a map of settings is expected"};
    }
    return std::move(settings_);
  }

 private:
  void count(const YAML::Node& node) {
    if (++values_ > values_max) throw Malformed{node.Mark().line, "the file has too many values"};
  }

  void section(const std::string& prefix, const YAML::Node& map, int depth) {
    if (depth > depth_max) throw Malformed{map.Mark().line, "maps are nested too deep"};
    for (const auto& entry : map) {
      count(entry.first);
      if (!entry.first.IsScalar())
        throw Malformed{entry.first.Mark().line, "a setting's name is expected"};
      const auto key = prefix + entry.first.Scalar();
      if (entry.second.IsMap()) {
        section(key + ".", entry.second, depth + 1);
      } else {
        settings_.push_back({key, items(key, entry.second), entry.first.Mark().line + 1});
      }
    }
  }

  std::vector<std::string> items(const std::string& key, const YAML::Node& value) {
    if (value.IsNull()) return {""};
    if (value.IsScalar()) return {value.Scalar()};
    std::vector<std::string> list;
    for (const auto& item : value) {
      count(item);
      if (!item.IsScalar())
        throw Malformed{item.Mark().line, "an item of `" + key + "` is not a plain value"};
      list.push_back(item.Scalar());
    }
    return list;
  }

  std::vector<FlatSetting> settings_;
  std::size_t values_ = 0;
};

tl::unexpected<Error> malformed(std::string_view name, int line, std::string_view detail) {
  const auto place = std::string(name) + (line >= 0 ? ":" + std::to_string(line + 1) : "");
  return fail(malformed_file, {{"source", place}, {"detail", detail}});
}

}  // namespace

Result<std::vector<FlatSetting>> read_flat_yaml(std::string_view text, std::string_view name) {
  if (text.size() > file_size_max) return malformed(name, -1, "the file is larger than 1 MiB");
  try {
    return FlatReader().read(YAML::Load(std::string(text)));
  } catch (const Malformed& error) {
    return malformed(name, error.line, error.detail);
  } catch (const YAML::Exception& exception) {
    return malformed(name, exception.mark.line, exception.msg);
  } catch (const std::exception& exception) {
    return malformed(name, -1, exception.what());
  }
}

std::string yaml_quoted(std::string_view text) {
  YAML::Emitter out;
  out << YAML::DoubleQuoted << std::string(text);
  return out.c_str();
}

}  // namespace ff::config
