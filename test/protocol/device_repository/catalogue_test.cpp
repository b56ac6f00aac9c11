// What belongs together, and how it is found. [spec devices-repository-templates-qr §1.6]
#include "protocol/device_repository/catalogue.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "protocol/device_repository/answer.hpp"
#include "protocol/device_repository/errors.hpp"

namespace ff::device_repository {
namespace {

Catalogue catalogue() {
  return Catalogue::make({
      {"index.yaml", R"({"brands":[
         {"brand_id":"beta","name":"Alpha & Sons","lora_alliance_vendor_id":2},
         {"brand_id":"acme","name":"Zeta","lora_alliance_vendor_id":1,"logo":"l.png"},
         {"name":"nameless"}]})"},
      {"acme/index.yaml", R"({"models":["thermo","door","gone"],"profiles":{
         "5":{"model_id":"thermo","firmware_version":"1.0","hardware_version":"h",
              "band_id":"EU_863_870"},"6":{"profile_id":"bare","codec_id":"code"}}})"},
      {"acme/thermo.yaml", R"({"name":"Thermo","description":"Cold ROOM","sensors":["humidity"],
         "firmware_versions":[{"version":"1.0","profiles":{
           "EU_863_870":{"profile_id":"eu","codec_id":"code"},
           "US_902_928":{"vendor_id":"beta","profile_id":"us"}}}]})"},
      {"acme/door.yaml", R"({"name":"A door"})"},
      {"beta/index.yaml", R"({"models":["lamp"],"profiles":{}})"},
      {"beta/lamp.yaml", R"({"name":"Lamp"})"},
      {"acme/unlisted.yaml", R"({"name":"Nobody"})"},
      {"draft/index.yaml", R"({"models":["lamp"],"profiles":{}})"},
      {"beta/broken.yaml", "{"},
  });
}

std::string models(const CatalogueQuery& query) {
  const auto all = catalogue();
  const auto page = all.models(query);
  std::string out = std::to_string(page.total) + ":";
  for (const auto* model : page.entries) out += " " + model->brand_id + "/" + model->model_id;
  return out;
}

std::string brands(const CatalogueQuery& query) {
  const auto all = catalogue();
  const auto page = all.brands(query);
  std::string out = std::to_string(page.total) + ":";
  for (const auto* brand : page.entries) out += " " + brand->brand_id;
  return out;
}

TEST(Catalogue, HasWhatIndicesNameAndFilesDescribe) {
  EXPECT_EQ(brands({}), "2: acme beta");
  EXPECT_EQ(models({}), "3: acme/door acme/thermo beta/lamp");
  EXPECT_EQ(models({.brand_id = "beta"}), "1: beta/lamp");
  EXPECT_EQ(Catalogue::make({}).models({}).total, 0U);
}

TEST(Catalogue, SearchesEveryWordWithoutRegardToCase) {
  EXPECT_EQ(models({.search = "ROOM cold"}), "1: acme/thermo");
  EXPECT_EQ(models({.search = "humid"}), "1: acme/thermo");
  EXPECT_EQ(models({.search = "zeta"}), "2: acme/door acme/thermo");
  EXPECT_EQ(models({.search = "zeta lamp"}), "0:");
  EXPECT_EQ(brands({.search = " sons  alpha"}), "1: beta");
}

TEST(Catalogue, OrdersAndPages) {
  EXPECT_EQ(brands({.order_by = "name"}), "2: beta acme");
  EXPECT_EQ(brands({.order_by = "-brand_id"}), "2: beta acme");
  EXPECT_EQ(models({.order_by = "name"}), "3: acme/door beta/lamp acme/thermo");
  EXPECT_EQ(models({.order_by = "-model_id"}), "3: acme/thermo beta/lamp acme/door");
  EXPECT_EQ(models({.order_by = "-brand_id"}), "3: beta/lamp acme/door acme/thermo");
  EXPECT_EQ(models({.limit = 2}), "3: acme/door acme/thermo");
  EXPECT_EQ(models({.limit = 2, .page = 2}), "3: beta/lamp");
  EXPECT_EQ(models({.limit = 2, .page = 3}), "3:");
  EXPECT_EQ(models({.limit = 1, .page = 4'000'000'000}), "3:");
}

TEST(Catalogue, FindsTheProfileOfAProduct) {
  const auto all = catalogue();
  const auto eu = all.profile_of({"acme", "thermo", "", "1.0", "EU_863_870"});
  ASSERT_TRUE(eu);
  EXPECT_EQ(eu->vendor + "/" + eu->profile_id + "/" + eu->codec_id, "acme/eu/code");
  const auto us = all.profile_of({"acme", "thermo", "", "1.0", "US_902_928"});
  ASSERT_TRUE(us);
  EXPECT_EQ(us->vendor + "/" + us->profile_id + "/" + us->codec_id, "beta/us/");
  const std::pair<DeviceVersionIds, ErrorDef> cases[] = {
      {{"none", "thermo", "", "1.0", "EU_863_870"}, no_such_brand},
      {{"acme", "none", "", "1.0", "EU_863_870"}, no_such_model},
      {{"acme", "thermo", "", "2.0", "EU_863_870"}, firmware_version_not_found},
      {{"acme", "thermo", "", "1.0", "EU863-870"}, band_not_found},
      {{"acme", "thermo", "", "1.0", "AS_923"}, no_profile_for_band},
      {{"acme", "door", "", "1.0", "EU_863_870"}, firmware_version_not_found}};
  for (const auto& [product, expected] : cases)
    EXPECT_TRUE(all.profile_of(product).error().is(expected)) << expected.name;
}

TEST(Catalogue, FindsByTheNumbersOfTheLoRaAlliance) {
  const auto all = catalogue();
  EXPECT_EQ(all.target_of(1, 5)->product,
            (DeviceVersionIds{"acme", "thermo", "h", "1.0", "EU_863_870"}));
  EXPECT_EQ(all.target_of(1, 6)->profile_id, "bare");
  EXPECT_TRUE(all.target_of(0, 5).error().is(missing_profile_identifiers));
  EXPECT_TRUE(all.target_of(9, 5).error().is(brand_with_vendor_id_not_found));
  EXPECT_TRUE(all.target_of(1, 7).error().is(vendor_profile_id_not_found));
  EXPECT_TRUE(all.target_of(2, 5).error().is(vendor_profile_id_not_found));
}

constexpr const char* profile =
    R"({"end_device":{"supports_join":true},"paths":["supports_join"]})";

TEST(Answers, ATemplateNamesTheProductAndItsFormatters) {
  const DeviceVersionIds product{"acme", "thermo", "", "1.0", "EU_863_870"};
  EXPECT_EQ(boost::json::parse(*make_template(profile, product, true)), boost::json::parse(R"({
    "end_device":{"supports_join":true,
      "version_ids":{"brand_id":"acme","model_id":"thermo","firmware_version":"1.0",
                     "band_id":"EU_863_870"},
      "formatters":{"up_formatter":"FORMATTER_REPOSITORY","down_formatter":"FORMATTER_REPOSITORY"}},
    "field_mask":{"paths":["supports_join","version_ids","formatters"]}})"));
  EXPECT_EQ(make_template(profile, product, false)->find("formatters"), std::string::npos);
  EXPECT_EQ(make_template(profile, {.brand_id = "acme"}, true)->find("formatters"),
            std::string::npos);
  EXPECT_TRUE(make_template(R"({"phy_version":"RP9"})", product, true)
                  .error()
                  .is(regional_parameters_version));
}

TEST(Answers, PartsOfACodec) {
  const auto codec = R"({"uplink_decoder":{"file":"a.js","examples":[{"description":"x"}]},
                         "downlink_encoder":{"examples":[]}})";
  const auto part = part_of(codec, CodecFunction::decode_uplink, "c");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->file, "a.js");
  EXPECT_EQ(part->examples, R"([{"description":"x"}])");
  EXPECT_TRUE(part_of(codec, CodecFunction::decode_downlink, "c").error().is(no_decoder));
  EXPECT_TRUE(part_of(codec, CodecFunction::encode_downlink, "c").error().is(no_encoder));
}

TEST(Answers, PicturesGetWholeAddresses) {
  const auto document = R"({"logo":"a.svg","photos":{"main":"b.png","other":["c.jpg"]}})";
  EXPECT_EQ(
      with_pictures(document, "acme", "https://x/y"),
      R"({"logo":"https://x/y/vendor/acme/a.svg","photos":{)"
      R"("main":"https://x/y/vendor/acme/b.png","other":["https://x/y/vendor/acme/c.jpg"]}})");
  EXPECT_EQ(with_pictures(document, "acme", ""), document);
}

}  // namespace
}  // namespace ff::device_repository
