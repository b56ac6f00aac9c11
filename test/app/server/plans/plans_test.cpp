#include "app/server/plans/plans.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace ff::app {
namespace {

/// A folder of its own for each test, gone after it.
class Plans : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "farfield-plans-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
  }

  std::filesystem::path directory_;
};

TEST_F(Plans, WithoutAFolderAreThoseBuiltIn) {
  const auto plans = load_frequency_plans({});
  ASSERT_TRUE(plans);
  EXPECT_EQ((*plans)->all().size(), region::FrequencyPlans::standard().all().size());
  EXPECT_EQ((*load_frequency_plans(directory_))->all().size(), (*plans)->all().size());
}

TEST_F(Plans, OfAnIndexComeBeforeThoseOfJsonFiles) {
  write("frequency-plans.yml",
        "- {id: YAML, base-id: EU_863_870_TTN, name: of the index, file: quiet.yml}\n");
  write("quiet.yml", "max-eirp: 10\n");
  write("b.json", R"({"id":"B","base_id":"A"})");
  write("a.json", R"({"id":"A","base_id":"YAML","plan":{"max_eirp_dbm":7}})");
  write("notes.txt", "no plan");
  const auto plans = load_frequency_plans(directory_);
  ASSERT_TRUE(plans) << plans.error().message();
  EXPECT_EQ((*plans)->find("YAML")->max_eirp_dbm, 10.0F);
  EXPECT_EQ((*plans)->find("YAML")->name, "of the index");
  EXPECT_EQ((*plans)->find("B")->max_eirp_dbm, 7.0F);
  EXPECT_NE((*plans)->find("EU_863_870"), nullptr);
}

TEST_F(Plans, ErrorsNameTheFileAndTheReason) {
  struct Row {
    const char* what;
    std::vector<std::pair<std::string, std::string>> files;
    std::vector<std::string> says;
  };
  const Row rows[] = {
      {"JSON", {{"x.json", "{"}}, {"x.json", "no JSON"}},
      {"key",
       {{"x.json", R"({"id":"X","band_id":"EU_863_870","plan":{"max_eirp_dbm":"a"}})"}},
       {"x.json", "max_eirp_dbm"}},
      {"index", {{"frequency-plans.yml", "- {name: X}"}}, {"frequency-plans.yml", "entry 1"}},
      {"missing file",
       {{"frequency-plans.yml", "- {id: X, band-id: EU_863_870, file: x.yml}"}},
       {"frequency-plans.yml", "`X`", "`x.yml`", "x.yml` can not be read"}},
      {"file",
       {{"frequency-plans.yml", "- {id: X, band-id: EU_863_870, file: x.yml}"},
        {"x.yml", "uplink-channels: [{frequency: 1}]"}},
       {"frequency-plans.yml", "`X`", "uplink_channels[0].frequency_hz"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    SetUp();
    for (const auto& [name, text] : row.files) write(name, text);
    const auto plans = load_frequency_plans(directory_);
    ASSERT_FALSE(plans);
    EXPECT_TRUE(plans.error().is(bad_plan_file));
    for (const auto& text : row.says)
      EXPECT_NE(plans.error().message().find(text), std::string::npos) << plans.error().message();
  }
}

TEST_F(Plans, AFolderThatIsNotThereIsAnError) {
  const auto plans = load_frequency_plans(directory_ / "nowhere");
  ASSERT_FALSE(plans);
  EXPECT_TRUE(plans.error().is(unreadable_plan));
  std::filesystem::create_directories(directory_ / "x.json");
  EXPECT_TRUE(load_frequency_plans(directory_).error().is(unreadable_plan)) << "a folder, no file";
}

}  // namespace
}  // namespace ff::app
