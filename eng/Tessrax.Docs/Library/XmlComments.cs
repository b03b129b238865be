using System.Reflection;
using System.Xml.Linq;

namespace Tessrax.Docs.Library;

/// <summary>The comments of the packages, as the compiler wrote them beside the assemblies.</summary>
internal sealed class XmlComments
{
    private readonly Dictionary<string, XElement> byId = new(StringComparer.Ordinal);

    /// <param name="assemblies">The packages.</param>
    /// <exception cref="IOException">One has no comments beside it.</exception>
    public XmlComments(IEnumerable<Assembly> assemblies)
    {
        foreach (Assembly assembly in assemblies)
        foreach (
            XElement member in XDocument
                .Load(Path.ChangeExtension(assembly.Location, ".xml"), LoadOptions.PreserveWhitespace)
                .Descendants("member")
        )
            byId[member.Attribute("name")!.Value] = member;
    }

    /// <summary>The names that have a comment.</summary>
    public IEnumerable<string> Ids => byId.Keys;

    /// <summary>The comment of a name, or of what it says that it inherits from; null if there is none.</summary>
    public XElement? Find(string id)
    {
        // What inherits may inherit again, never for long.
        for (int steps = 0; steps < 8 && byId.TryGetValue(id, out XElement? found); steps++)
        {
            if (found.Element("inheritdoc")?.Attribute("cref")?.Value is not { } from)
                return found;
            id = from;
        }
        return null;
    }
}
