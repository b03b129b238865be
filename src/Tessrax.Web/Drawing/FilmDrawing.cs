using Microsoft.AspNetCore.Components;
using Tessrax.Node.Wording;
using Tessrax.Node.Wording.Drawing;

namespace Tessrax.Web.Drawing;

/// <summary>A film as an element of a page. Its texts are cleaned and encoded where it is drawn: <see cref="KernelSvg"/>.</summary>
public static class FilmDrawing
{
    public static MarkupString Of(KernelFilm film, FilmShape shape) => new(KernelSvg.Element(film, shape));
}
