using System.Globalization;
using System.Text;

namespace Tessrax.Client;

/// <summary>Writes an address with its query.</summary>
internal sealed class QueryWriter(string path)
{
    private readonly StringBuilder text = new(path);
    private char before = '?';

    /// <summary>A parameter; nothing if it has no value.</summary>
    public void Add(string name, string? value)
    {
        if (value is null)
            return;
        text.Append(before).Append(name).Append('=').Append(Uri.EscapeDataString(value));
        before = '&';
    }

    /// <inheritdoc cref="Add(string, string?)"/>
    public void Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => text.ToString();
}
