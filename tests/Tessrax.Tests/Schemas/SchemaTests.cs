using System.Text;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Schemas;

/// <summary>The schemas of <c>spec/schema/</c> and the readers agree about what is allowed, as far as a schema can say it.</summary>
public sealed class SchemaTests
{
    // What lies in these has a schema and tests of its own, or is anybody's.
    private static readonly HashSet<string> Closed = ["data", "document", "decision", "payload"];

    private static readonly string[] WrongKinds = ["null", "-1", "1.5", "\"\"", "{}", "[7]", "true"];

    [Fact]
    public void What_the_code_writes_fits()
    {
        foreach (Document document in Document.All)
        {
            Assert.Empty(Schema.Load(document.Schema).Faults(document.Json));
            document.Read(document.Json);
        }
    }

    [Fact]
    public void Every_schema_under_spec_has_a_document_here_or_with_claims_and_policies()
    {
        string[] elsewhere = ["claim", "claims-recorded", "contradiction-detected", "policy"];
        string[] files =
        [
            .. Directory
                .GetFiles(Spec.Path("schema"), "*.schema.json")
                .Select(f => Path.GetFileName(f)[..^".schema.json".Length])
                .Except(elsewhere)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(files, Document.All.Select(d => d.Schema).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Both_refuse_an_unknown_member_at_every_level()
    {
        int tried = 0;
        foreach (Document document in Document.All)
        {
            foreach (string at in Edit.Objects(document.Json, Closed))
            {
                Refused(document, $"{at}unknown", Edit.At(document.Json, $"{at}unknown", 1));
                tried++;
            }
        }
        Assert.True(tried > 60, $"{tried} places");
    }

    [Fact]
    public void Both_judge_a_missing_member_alike_at_every_level()
    {
        var differences = new List<string>();
        foreach (Document document in Document.All)
        {
            foreach (string at in Edit.Members(document.Json, Closed))
                Compare(document, $"without {at}", Edit.At(document.Json, at, null), differences);
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Fact]
    public void Both_judge_a_value_of_another_kind_alike_at_every_level()
    {
        var differences = new List<string>();
        foreach (Document document in Document.All)
        {
            foreach (string at in Edit.Members(document.Json, Closed))
            {
                foreach (string wrong in WrongKinds)
                    Compare(document, $"{at} = {wrong}", Edit.At(document.Json, at, Json(wrong)), differences);
            }
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    private static void Refused(Document document, string change, JsonValue bad)
    {
        Assert.False(Schema.Load(document.Schema).Fits(bad), $"the schema {document.Schema} accepts {change}");
        Assert.False(Reads(document, bad), $"the reader of {document.Schema} accepts {change}");
    }

    private static void Compare(Document document, string change, JsonValue changed, List<string> differences)
    {
        bool fits = Schema.Load(document.Schema).Fits(changed);
        if (fits != Reads(document, changed))
            differences.Add(
                $"{document.Schema}, {change}: the schema says {(fits ? "yes" : "no")}, the reader does not"
            );
    }

    private static bool Reads(Document document, JsonValue json)
    {
        try
        {
            document.Read(json);
            return true;
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private static JsonValue Json(string text) => JsonValue.Parse(Encoding.UTF8.GetBytes(text));
}
