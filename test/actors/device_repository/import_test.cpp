#include "actors/device_repository/import.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "actors/device_repository/look_up.hpp"
#include "actors/device_repository/record.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/device_repository/errors.hpp"
#include "storage/engine/errors.hpp"
#include "storage/engine/memory_engine.hpp"
#include "test/actors/device_repository/files.hpp"

namespace ff::device_repository {
namespace {

class Importing : public ::testing::Test {
 protected:
  Result<ImportReport> import(const std::filesystem::path& path) {
    problems.clear();
    auto source = open_source(path);
    if (!source) return fail(source.error());
    return import_repository(
        **source, engine,
        {.write =
             [this](const storage::WriteBatch& batch) {
               ++writes;
               return engine.write(batch, storage::Durability::sync);
             },
         .problem = [this](const auto& file,
                           const auto& reason) { problems.push_back(file + ": " + reason); },
         .progress = {}});
  }
  void put_minimal() const {
    folder.put("vendor/index.yaml", "vendors: [{id: acme}]");
    folder.put("vendor/acme/index.yaml", "endDevices: [thing]");
    folder.put("vendor/acme/thing.yaml", "name: One\nfirmwareVersions: []");
    folder.put("vendor/acme/old.js", "function a() {}");
  }
  std::string name_of_thing() {
    const auto catalogue = read_catalogue(engine);
    const auto* model = catalogue->model("acme", "thing");
    return model == nullptr ? "" : model->name;
  }

  storage::MemoryEngine engine;
  Folder folder;
  std::vector<std::string> problems;
  int writes = 0;
};

TEST_F(Importing, OurOwnRepositoryAsAWhole) {
  const auto report = import(FF_SOURCE_DIR "/app/repository");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->bad, 0U);
  EXPECT_EQ(report->imported, report->files);
  EXPECT_EQ(problems, std::vector<std::string>{
                          "north-harbour/buoy-light.yaml: profiles: `ISM2400` is not a region"});
  const auto catalogue = read_catalogue(engine);
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->brands({}).total, 2U);
  EXPECT_EQ(catalogue->models({}).total, 3U);
  const RepositoryView view{*catalogue, engine};
  const DeviceVersionIds climate{"farfield-sensors", "climate-one", "", "1.0", "EU_863_870"};
  EXPECT_TRUE(find_template(view, climate));
  EXPECT_TRUE(find_template(view, 64'001, 9));
  EXPECT_TRUE(find_template(view, 64'002, 7));
  const auto script = find_script(view, climate, CodecFunction::encode_downlink);
  ASSERT_TRUE(script);
  EXPECT_EQ(script->codec_id, "climate-codec");
  EXPECT_NE(script->script.find("function encodeDownlink"), std::string::npos);
  EXPECT_TRUE(find_script(view, {"farfield-sensors", "climate-one", "", "0.9", "EU_863_870"},
                          CodecFunction::decode_uplink)
                  .error()
                  .is(no_codec));
  // The codec lies with the profile's maker, in a folder of its own.
  const auto foreign = find_script(view, {"farfield-sensors", "valve-two", "", "2.1", "AU_915_928"},
                                   CodecFunction::decode_uplink);
  ASSERT_TRUE(foreign);
  EXPECT_NE(foreign->script.find("Buoy Light"), std::string::npos);
  EXPECT_TRUE(find_script(view, {"farfield-sensors", "valve-two", "", "2.1", "AU_915_928"},
                          CodecFunction::encode_downlink)
                  .error()
                  .is(no_encoder));
}

TEST_F(Importing, OnlyWhatHasChangedIsRead) {
  put_minimal();
  EXPECT_EQ(*import(folder.path()), (ImportReport{.files = 4, .imported = 4}));
  writes = 0;
  EXPECT_EQ(*import(folder.path()), (ImportReport{.files = 4, .unchanged = 4}));
  EXPECT_EQ(writes, 0);
  folder.put("vendor/acme/thing.yaml", "name: Two\nfirmwareVersions: []");
  EXPECT_EQ(*import(folder.path()), (ImportReport{.files = 4, .imported = 1, .unchanged = 3}));
  EXPECT_EQ(name_of_thing(), "Two");
}

TEST_F(Importing, WhatIsGoneIsRemoved) {
  put_minimal();
  ASSERT_TRUE(import(folder.path()));
  std::filesystem::remove(folder.path() / "vendor/acme/old.js");
  EXPECT_EQ(*import(folder.path()), (ImportReport{.files = 3, .unchanged = 3, .removed = 1}));
  EXPECT_FALSE(stored_row(engine, "acme/old.js"));
}

TEST_F(Importing, AFileThatIsWrongIsToldAndStaysAsItWas) {
  put_minimal();
  ASSERT_TRUE(import(folder.path()));
  folder.put("vendor/acme/thing.yaml", "name: [");
  folder.put("vendor/acme/new.yaml", "what: ever");
  EXPECT_EQ(*import(folder.path()), (ImportReport{.files = 5, .unchanged = 3, .bad = 2}));
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0], "acme/new.yaml: file: neither a model, a profile nor a codec");
  EXPECT_EQ(problems[1].find("acme/thing.yaml: line "), 0U);
  EXPECT_EQ(name_of_thing(), "One");
  EXPECT_EQ(import(folder.path())->bad, 2U) << "it is told each time";
}

TEST_F(Importing, WhatIsToldCanBePrinted) {
  put_minimal();
  folder.put("vendor/acme/new.yaml",
             "firmwareVersions: [{version: '1', profiles: {\"A\\n\\e[2J\": {id: abc}}}]");
  ASSERT_TRUE(import(folder.path()));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0], "acme/new.yaml: profiles: `A??[2J` is not a region");
}

TEST_F(Importing, AnotherFolderRemovesNothing) {
  put_minimal();
  ASSERT_TRUE(import(folder.path()));
  const Folder other;
  other.put("acme/thing.js", "");
  EXPECT_TRUE(import(other.path()).error().is(not_a_repository));
  EXPECT_EQ(name_of_thing(), "One");
}

TEST_F(Importing, AFailedWriteAndAStopEndIt) {
  put_minimal();
  auto source = open_source(folder.path());
  const auto full =
      import_repository(**source, engine,
                        {.write =
                             [](const auto&) {
                               return Status(fail(storage::disk_full, {{"path", "x"}}));
                             },
                         .problem = {},
                         .progress = {}});
  EXPECT_TRUE(full.error().is(storage::disk_full));
  const auto stopped = import_repository(**source, engine,
                                         {.write = [](const auto&) { return Status(); },
                                          .problem = {},
                                          .progress = [](const auto&) { return false; }});
  EXPECT_TRUE(stopped.error().is(import_stopped));
}

TEST(RepositoryRecord, ComesBackAsItWasAndKeepsItsBytes) {
  const RepositoryRow row{DocumentKind::model, {1, 2}, "{}"};
  EXPECT_EQ(hex_lower(encode_row(row)), "010803120201021a027b7d");
  EXPECT_EQ(*decode_row(encode_row(row)), row);
  EXPECT_FALSE(decode_row(Bytes{}));
  EXPECT_EQ(*path_of_key(row_key("acme/x.yaml")), "acme/x.yaml");
  EXPECT_FALSE(path_of_key(Bytes{1}));
}

}  // namespace
}  // namespace ff::device_repository
