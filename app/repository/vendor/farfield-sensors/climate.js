// Climate One: three octets, temperature in tenths of a degree and humidity in half per cents.
function decodeUplink(input) {
  if (input.bytes.length !== 3) {
    return { errors: ["expected 3 bytes, got " + input.bytes.length] };
  }
  var raw = (input.bytes[0] << 8) | input.bytes[1];
  if (raw > 0x7fff) {
    raw -= 0x10000;
  }
  var data = { temperature: raw / 10, humidity: input.bytes[2] / 2, button: input.fPort === 2 };
  return data.humidity > 100 ? { data: data, warnings: ["humidity sensor is wet"] } : { data: data };
}

function normalizeUplink(input) {
  return { data: { air: { temperature: input.data.temperature, relativeHumidity: input.data.humidity } } };
}

function encodeDownlink(input) {
  var seconds = input.data.interval;
  if (typeof seconds !== "number" || seconds < 60 || seconds > 65535) {
    return { errors: ["interval has to be 60 to 65535 seconds"] };
  }
  return { bytes: [seconds >> 8, seconds & 0xff], fPort: 3 };
}

function decodeDownlink(input) {
  return { data: { interval: (input.bytes[0] << 8) | input.bytes[1] } };
}
