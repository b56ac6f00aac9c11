#include "app/server/plans/plans.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "protocol/plan_repository/plan_repository.hpp"

namespace ff::app {
namespace {

using std::filesystem::path;

Result<std::string> text_of(const path& file) {
  const auto unreadable = fail(unreadable_plan, {{"path", file.string()}});
  std::error_code error;
  // The library throws when it is to read a folder.
  if (!std::filesystem::is_regular_file(file, error)) return unreadable;
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) return unreadable;
  return text;
}

/// Whoever can not start is shown one error: it says all.
tl::unexpected<Error> fail_in(const path& file, const Error& error) {
  auto reason = error.message();
  for (const auto* cause = error.cause(); cause != nullptr; cause = cause->cause())
    reason += ": " + cause->message();
  return fail(bad_plan_file, {{"path", file.string()}, {"reason", reason}});
}

Status add_index(region::FrequencyPlans& plans, const path& directory) {
  const auto index = directory / plan_repository::index_name;
  FF_TRY(const auto text, text_of(index));
  const auto read = [&](const std::string& name) { return text_of(directory / name); };
  const auto added = plan_repository::add_repository(plans, text, read);
  if (!added) return fail_in(index, added.error());
  return {};
}

}  // namespace

Result<std::shared_ptr<const region::FrequencyPlans>> load_frequency_plans(const path& directory) {
  auto plans = std::make_shared<region::FrequencyPlans>(region::FrequencyPlans::standard());
  if (directory.empty()) return std::shared_ptr<const region::FrequencyPlans>(std::move(plans));
  std::error_code error;
  std::vector<path> files;
  bool has_index = false;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
    has_index = has_index || entry.path().filename() == plan_repository::index_name;
  }
  if (error) return fail(unreadable_plan, {{"path", directory.string()}});
  if (has_index) FF_CHECK(add_index(*plans, directory));
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    FF_TRY(const auto text, text_of(file));
    const auto added = plans->add_json(text);
    if (!added) return fail_in(file, added.error());
  }
  return std::shared_ptr<const region::FrequencyPlans>(std::move(plans));
}

}  // namespace ff::app
