using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static string[] Times =>
        [
            "2026-01-31T12:00:00.000000Z",
            "2026-01-31T12:00:00Z",
            "2026-01-31T12:00:00.5+01:30",
            "0001-01-01T00:00:00.000000Z",
            "9999-12-31T23:59:59.999999Z",
            "2024-02-29T23:59:60Z",
        ];

    private static IEnumerable<FuzzTarget> OfCanonical() =>
        [
            new("json", FuzzSeeds.JsonTexts, input => JsonValue.Parse(input).ToCanonicalBytes())
            {
                Covers = ["JsonValue.Parse", "JsonParser.Parse"],
            },
            new(
                "json-rounding",
                FuzzSeeds.JsonTexts,
                input => CanonicalWriter.Canonicalize(input, NumberRule.Rounding)
            ),
            new("payload", FuzzSeeds.JsonTexts, input => FrozenPayload.Parse(input).Bytes.ToArray())
            {
                Covers = ["FrozenPayload.Parse"],
            },
            Canonicalizing(NumberRule.Exact),
            Canonicalizing(NumberRule.Rounding),
            Text(
                "time",
                "UtcTime.TryParse",
                Times,
                text => UtcTime.TryParse(text, out UtcTime time) ? $"{time}" : null
            ) with
            {
                IsExact = true,
            },
            Text(
                "time-lenient",
                "UtcTime.TryParseLenient",
                Times,
                text => UtcTime.TryParseLenient(text, out UtcTime time) ? $"{time}" : null
            ),
            Text(
                "digest",
                "Digest.TryParse",
                ["sha256:" + new string('a', 64)],
                text => Digest.TryParse(text, out Digest digest) ? $"{digest}" : null
            ) with
            {
                IsExact = true,
            },
            Text(
                "digest-or-throw",
                "Digest.Parse",
                ["sha256:" + new string('0', 64)],
                text => $"{Digest.Parse(text)}"
            ) with
            {
                IsExact = true,
            },
            Text(
                "digest-hex",
                "Digest.TryParseHex",
                [new string('9', 64)],
                text => Digest.TryParseHex(text, out Digest digest) ? digest.ToHex() : null
            ) with
            {
                IsExact = true,
            },
            Text(
                "digest-base64",
                "Digest.TryParseBase64",
                ["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="],
                text => Digest.TryParseBase64(text, out Digest digest) ? digest.ToBase64() : null
            ) with
            {
                IsExact = true,
            },
        ];

    // The one-pass canonicalizer and the reading of a whole document are two programs for one rule: they must agree.
    private static FuzzTarget Canonicalizing(NumberRule numbers) =>
        new(
            $"canonicalizer-{(numbers == NumberRule.Exact ? "exact" : "rounding")}",
            FuzzSeeds.JsonTexts,
            input =>
            {
                byte[]? streamed = null;
                ErrorCode? refused = null;
                try
                {
                    streamed = new Canonicalizer().Canonicalize(input, numbers).ToArray();
                }
                catch (TessraxException e)
                {
                    refused = e.Code;
                }
                byte[]? whole = null;
                try
                {
                    whole = JsonValue.Parse(input, numbers).ToCanonicalBytes();
                }
                catch (TessraxException e) when (streamed is null)
                {
                    return refused == e.Code ? null : throw new InvalidOperationException($"{refused} or {e.Code}?", e);
                }
                return streamed is not null && streamed.AsSpan().SequenceEqual(whole)
                    ? whole
                    : throw new InvalidOperationException("two canonical forms");
            }
        );
}
