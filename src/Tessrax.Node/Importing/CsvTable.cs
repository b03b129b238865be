using Tessrax.Canonical;

namespace Tessrax.Node.Importing;

/// <summary>A table of comma-separated values, whose first line names the columns: an audit table of a database, as <c>COPY … TO … WITH (FORMAT csv, HEADER)</c> writes it.</summary>
/// <param name="delimiter">What stands between fields.</param>
public sealed class CsvTable(char delimiter = ',') : ImportFormat
{
    public override string Name => "csv";

    internal override IEnumerable<JsonValue> Read(string name, Stream input, ChainCheck check)
    {
        string[]? columns = null;
        foreach (JsonValue row in Named(name, Rows()))
            yield return row;
        check.Leave("rows: a table says nothing by which it could be held to itself");

        IEnumerable<JsonValue> Rows()
        {
            foreach ((long _, string[] fields) in CsvText.ReadAll(input, delimiter))
            {
                if (columns is null)
                    columns = fields;
                else
                    yield return JsonValue.Object([
                        .. columns.Zip(fields, static (column, field) => (column, (JsonValue?)JsonValue.String(field))),
                    ]);
            }
        }
    }
}
